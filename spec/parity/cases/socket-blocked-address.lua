local prelude = require("prelude")
local listen, net, watch = prelude.listen, prelude.net, prelude.watch

-- A BlockList has no place here; an unknown option is ignored.
local server
server = net.createServer({ unknown = true }, function(socket)
  socket:resume()
  server:close()
end)
listen(server, function(port)
  local client = net.connect({ port = port, host = "127.0.0.1", unknown = 1 })
  watch(client, "client")
  client:on("connect", function() client:finish() end)
end)
