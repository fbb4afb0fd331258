local prelude = require("prelude")
local later, listen, net, watch = prelude.later, prelude.listen, prelude.net, prelude.watch

local server
server = net.createServer(function(socket)
  socket:resume()
  socket:finish("early data")
  server:close()
end)
listen(server, function(port)
  local client = net.Socket()
  local note = watch(client, "client")
  client:pause()
  client:connect(port, "127.0.0.1")
  later(function()
    note("paused", client:isPaused(), client.bytesRead)
    client:resume()
  end, 60)
end)
