local prelude = require("prelude")
local Readable, log, watch = prelude.Readable, prelude.log, prelude.watch

local source = Readable({ objectMode = true, highWaterMark = 2, read = function() end })
local note = watch(source, "source", { "end", "close" })
log("push", source:push({ a = 1 }))
log("push", source:push(5))
log("push", source:push(""))
log("length", source.readableLength, source.readableObjectMode)
log("read", source:read())
log("read(5)", source:read(5))
source:push(false)
source:push(nil)
source:on("data", function(value) note("data", value) end)
