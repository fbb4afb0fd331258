local prelude = require("prelude")
local listen, net, watch = prelude.listen, prelude.net, prelude.watch

local server
server = net.createServer(function(socket)
  watch(socket, "peer")
  server:close()
end)
listen(server, function(port)
  local client
  client = net.connect(port, "127.0.0.1", function() client:finish("short visit") end)
  watch(client, "client")
end)
