local prelude = require("prelude")
local PassThrough, watch = prelude.PassThrough, prelude.watch

local source = PassThrough()
local sink = PassThrough()
local note = watch(sink, "sink", { "pipe", "unpipe", "data", "end", "finish", "close" })
note("returns the target", source:pipe(sink) == sink)
note("listeners", source:listenerCount("data"), sink:listenerCount("drain"))
source:write("one")
source:finish("two")
