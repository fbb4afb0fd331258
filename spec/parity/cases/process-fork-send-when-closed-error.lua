local prelude = require("prelude")
local forkChild, log, watch = prelude.forkChild, prelude.log, prelude.watch

local child = forkChild()
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
child:on("close", function()
  log("send", child:send("late"))
end)
child:send({ act = "disconnect" })
