local prelude = require("prelude")
local spawn, watch = prelude.spawn, prelude.watch

local child = spawn("sleep", { "20" }, { stdio = "ignore", timeout = 30 })
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
