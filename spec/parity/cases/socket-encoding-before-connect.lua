local prelude = require("prelude")
local bytes, listen, net, watch = prelude.bytes, prelude.listen, prelude.net, prelude.watch

local server
server = net.createServer(function(socket)
  socket:resume()
  socket:finish(bytes(226, 130, 172))
  server:close()
end)
listen(server, function(port)
  local client = net.Socket()
  client:setEncoding("base64")
  watch(client, "client")
  client:connect(port, "127.0.0.1")
end)
