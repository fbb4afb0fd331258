local prelude = require("prelude")
local forkChild, log, net, watch = prelude.forkChild, prelude.log, prelude.net, prelude.watch

local child = forkChild()
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
child:on("message", function(message, server)
  log("message", message, net.Server:isInstance(server), server and server.listening)
  if message.released then return child:send({ act = "exit", code = 0 }) end
  server:on("connection", function(socket) socket:finish("from here") end)
  child:send({ act = "release" })
  local client = net.connect(server:address().port, "127.0.0.1")
  watch(client, "client", { "data", "end", "close" })
  client:on("close", function() server:close() end)
end)
child:send({ act = "give" })
