local prelude = require("prelude")
local listen, log, net, watch = prelude.listen, prelude.log, prelude.net, prelude.watch

local server
server = net.createServer(function(socket)
  socket:on("error", function(err) log("peer", err.code) end)
  socket:resume()
  socket:on("close", function() server:close() end)
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  local note = watch(client, "client")
  note("returns itself", client:resetAndDestroy() == client)
  note("state", client.destroyed, client.connecting)
end)
