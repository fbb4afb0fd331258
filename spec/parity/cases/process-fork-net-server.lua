local prelude = require("prelude")
local forkChild, listen, log, net, watch = prelude.forkChild, prelude.listen, prelude.log, prelude.net, prelude.watch

local child = forkChild()
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
local server = net.createServer()
listen(server, function(port)
  child:send({ act = "answer", text = "from there" }, server, function(err) log("sent", err) end)
  child:on("message", function(message)
    log("message", message)
    if message.released then return child:send({ act = "disconnect" }) end
    server:close(function()
      log("closed")
      local client = net.connect(port, "127.0.0.1")
      watch(client, "client", { "data", "end", "close" })
      client:on("close", function() child:send({ act = "release" }) end)
    end)
  end)
end)
