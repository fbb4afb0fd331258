local prelude = require("prelude")
local forkChild, listen, log, net, watch = prelude.forkChild, prelude.listen, prelude.log, prelude.net, prelude.watch

local child = forkChild()
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
local server
server = net.createServer({ pauseOnConnect = true }, function(socket)
  child:send({ act = "answer", text = "hello" }, socket)
  child:send({ act = "answer", text = "again" }, socket)
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  watch(client, "client", { "data", "end", "close" })
end)
child:on("message", function(message)
  log("message", message)
  if message.handle ~= "none" then return end
  server:close()
  child:send({ act = "exit", code = 0 })
end)
