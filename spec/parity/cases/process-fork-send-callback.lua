local prelude = require("prelude")
local forkChild, log, watch = prelude.forkChild, prelude.log, prelude.watch

local child = forkChild()
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
child:send({ act = "echo", value = 1 }, function(err) log("sent", err) end)
child:on("message", function() child:send({ act = "exit", code = 0 }) end)
