local prelude = require("prelude")
local PassThrough, Transform, log = prelude.PassThrough, prelude.Transform, prelude.log
local watch = prelude.watch

local through = PassThrough()
local note = watch(through, "through")
log("instances", PassThrough:isInstance(through), Transform:isInstance(through))
note("write", through:write("abc"))
through:finish("def")
