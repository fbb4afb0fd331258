local prelude = require("prelude")
local listen, net, watch = prelude.listen, prelude.net, prelude.watch

local server
server = net.createServer(function(socket)
  socket:resume()
  server:close()
end)
listen(server, function(port)
  local client = net.connect({ port = port, host = "127.0.0.1", timeout = 200 })
  local note = watch(client, "client")
  note("field", client.timeout)
  client:on("timeout", function() client:finish() end)
end)
