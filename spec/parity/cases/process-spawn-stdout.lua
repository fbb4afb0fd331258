local prelude = require("prelude")
local spawn, watch = prelude.spawn, prelude.watch

local child = spawn("sh", { "-c", "echo text" })
watch(child, "child", { "exit" })
watch(child.stdout, "stream", { "data", "end", "close" })
