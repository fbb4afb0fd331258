local prelude = require("prelude")
local bad, forkChild, watch = prelude.bad, prelude.forkChild, prelude.watch

local child = forkChild()
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
bad("nothing", function() return child:send() end)
bad("handle", function() return child:send("x", {}) end)
bad("options", function() return child:send("x", nil, 5) end)
child:send({ act = "exit", code = 0 })
