local prelude = require("prelude")
local PassThrough, watch = prelude.PassThrough, prelude.watch

local first = PassThrough()
local last = first:pipe(PassThrough()):pipe(PassThrough())
watch(last, "last")
first:finish("through them all")
