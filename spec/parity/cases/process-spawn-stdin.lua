local prelude = require("prelude")
local spawn, watch = prelude.spawn, prelude.watch

local child = spawn("cat")
watch(child, "child", { "exit", "close" })
watch(child.stdout, "stdout", { "data", "end", "close" })
child.stdin:write("one ")
child.stdin:finish("two")
