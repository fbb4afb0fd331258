local prelude = require("prelude")
local forkChild, log, watch = prelude.forkChild, prelude.log, prelude.watch

local child = forkChild()
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
log("connected", child.connected)
child:on("message", function(message)
  log("message", message)
  child:send({ act = "disconnect" })
end)
child:on("disconnect", function() log("connected", child.connected) end)
child:send({ act = "connected" })
