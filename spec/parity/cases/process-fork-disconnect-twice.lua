local prelude = require("prelude")
local forkChild, watch = prelude.forkChild, prelude.watch

local child = forkChild()
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
child:on("disconnect", function() child:disconnect() end)
child:send({ act = "disconnect" })
