local prelude = require("prelude")
local log, net, watch = prelude.log, prelude.net, prelude.watch

local server = net.createServer(function(socket)
  log("from", socket.remoteAddress)
  socket:resume()
  socket:finish()
end)
server:listen(0, "127.0.0.1", function()
  local client = net.connect({ port = server:address().port, host = "127.0.0.1", localAddress = "127.0.0.2" })
  local note = watch(client, "client")
  client:on("connect", function() note("local", client.localAddress) end)
  client:on("close", function() server:close() end)
end)
