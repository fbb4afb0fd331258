local prelude = require("prelude")
local forkChild, log, watch = prelude.forkChild, prelude.log, prelude.watch

local child = forkChild()
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
child:on("disconnect", function()
  log("send", child:send("late", function(err) log("callback", err) end), child.connected)
end)
child:send({ act = "disconnect" })
