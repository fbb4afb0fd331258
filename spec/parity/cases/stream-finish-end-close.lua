local prelude = require("prelude")
local PassThrough, nextTick, watch = prelude.PassThrough, prelude.nextTick, prelude.watch

-- The order of the last events.
local through = PassThrough()
local note = watch(through, "through", { "prefinish", "finish", "end", "close", "readable" })
through:on("data", function() note("data") end)
through:finish("x")
nextTick(function() note("tick") end)
