local prelude = require("prelude")
local later, listen, net, watch = prelude.later, prelude.listen, prelude.net, prelude.watch

local server
server = net.createServer({ pauseOnConnect = true }, function(socket)
  local peer = watch(socket, "peer")
  peer("paused", socket:isPaused(), socket.readableFlowing)
  server:close()
  later(function()
    peer("bytes", socket.bytesRead)
    socket:resume()
    peer("resumed", socket:isPaused())
  end)
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  watch(client, "client")
  client:finish("waiting")
end)
