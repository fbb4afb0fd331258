local prelude = require("prelude")
local forkChild, log, watch = prelude.forkChild, prelude.log, prelude.watch

local child = forkChild()
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
child:on("message", function(message)
  log("message", message)
  child:send({ act = "exit", code = 0 })
end)
child:send({ act = "echo", value = 1.5 })
