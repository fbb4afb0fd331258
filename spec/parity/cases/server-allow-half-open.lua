local prelude = require("prelude")
local later, listen, net, watch = prelude.later, prelude.listen, prelude.net, prelude.watch

local server
server = net.createServer({ allowHalfOpen = true }, function(socket)
  local peer = watch(socket, "peer")
  server:close()
  peer("half-open", socket.allowHalfOpen)
  socket:on("end", function()
    peer("state", socket.readyState)
    later(function() socket:finish("late answer") end)
  end)
end)
watch(server, "server", { "close" })
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  watch(client, "client")
  client:finish("question")
end)
