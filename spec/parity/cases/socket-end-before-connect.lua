local prelude = require("prelude")
local listen, net, watch = prelude.listen, prelude.net, prelude.watch

local server
server = net.createServer(function(socket)
  watch(socket, "peer")
  server:close()
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  local note = watch(client, "client")
  client:finish("all I have", function() note("end callback") end)
  note("state", client.writable, client.writableEnded, client.readyState)
end)
