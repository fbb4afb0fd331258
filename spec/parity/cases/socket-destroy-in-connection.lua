local prelude = require("prelude")
local listen, log, net, watch = prelude.listen, prelude.log, prelude.net, prelude.watch

local server
server = net.createServer(function(socket)
  local note = watch(socket, "peer")
  server:close(function() log("closed") end)
  socket:destroy()
  note("state", socket.destroyed, socket.readyState)
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  watch(client, "client")
end)
