local prelude = require("prelude")
local spawn, watch = prelude.spawn, prelude.watch

local child = spawn("sleep", { "20" }, { stdio = "ignore" })
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
child:on("spawn", function() child:kill() end)
