local prelude = require("prelude")
local spawn, watch = prelude.spawn, prelude.watch

local child = spawn("/etc/passwd", {}, { stdio = "ignore" })
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
