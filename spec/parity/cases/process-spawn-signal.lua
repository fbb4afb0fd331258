local prelude = require("prelude")
local spawn, watch = prelude.spawn, prelude.watch

local child = spawn("sh", { "-c", "kill -9 $$" }, { stdio = "ignore" })
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
