local prelude = require("prelude")
local spawn, watch = prelude.spawn, prelude.watch

local child = spawn("exit 4", {}, { stdio = "ignore", shell = true })
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
