local prelude = require("prelude")
local spawn, watch = prelude.spawn, prelude.watch

local child = spawn("/nonexistent/program", { "a" }, { stdio = "ignore" })
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
