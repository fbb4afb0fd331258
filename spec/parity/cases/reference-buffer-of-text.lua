local prelude = require("prelude")
local listen, log, net = prelude.listen, prelude.log, prelude.net

-- What is queued of a text is counted.
local server
server = net.createServer(function(socket)
  socket:resume()
  server:close()
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  client:resume()
  client:write("é€")
  log("queued", client.bufferSize, client.writableLength, client.bytesWritten)
  client:finish()
end)
