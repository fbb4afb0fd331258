local prelude = require("prelude")
local listen, net, watch = prelude.listen, prelude.net, prelude.watch

local port, first

local server
server = net.createServer(function(socket)
  socket:resume()
  server:close()
  local second = net.connect(port, "127.0.0.1")
  watch(second, "second")
  second:on("close", function() first:destroy() end)
end)
watch(server, "server", { "close" })
listen(server, function(bound)
  port = bound
  first = net.connect(port, "127.0.0.1")
end)
