local prelude = require("prelude")
local forkChild, later, listen, log, net, watch =
  prelude.forkChild, prelude.later, prelude.listen, prelude.log, prelude.net, prelude.watch

local child = forkChild()
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
local server
server = net.createServer({ pauseOnConnect = true }, function(socket)
  child:send({ act = "hold" }, socket)
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  watch(client, "client", { "data", "end", "close" })
end)
child:on("message", function(message)
  log("message", message)
  if message.released then return end
  server:close(function()
    log("closed")
    child:send({ act = "exit", code = 0 })
  end)
  later(function()
    log("not yet")
    child:send({ act = "release" })
  end)
end)
