local prelude = require("prelude")
local listen, log, net, rep, size = prelude.listen, prelude.log, prelude.net, prelude.rep, prelude.size

local total = 3000000
local server
server = net.createServer(function(socket)
  socket:pipe(socket)
  socket:on("close", function()
    log("server", socket.bytesRead, socket.bytesWritten)
    server:close()
  end)
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  local received = 0
  client:on("data", function(data) received = received + size(data) end)
  client:on("close", function(hadError)
    log("client", hadError, received, client.bytesRead, client.bytesWritten)
  end)
  client:finish(rep("abc", total / 3))
end)
