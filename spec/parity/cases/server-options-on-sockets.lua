local prelude = require("prelude")
local listen, log, net, watch = prelude.listen, prelude.log, prelude.net, prelude.watch

local options = { noDelay = true, keepAlive = true, keepAliveInitialDelay = 1000, highWaterMark = 1234 }
local server
server = net.createServer(options, function(socket)
  log("marks", socket.readableHighWaterMark, socket.writableHighWaterMark)
  log("half-open", socket.allowHalfOpen)
  socket:finish("hello")
  socket:resume()
  server:close()
end)
listen(server, function(port) watch(net.connect(port, "127.0.0.1"), "client") end)
