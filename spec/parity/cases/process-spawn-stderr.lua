local prelude = require("prelude")
local spawn, watch = prelude.spawn, prelude.watch

local child = spawn("sh", { "-c", "echo text >&2" })
watch(child, "child", { "exit" })
watch(child.stderr, "stream", { "data", "end", "close" })
