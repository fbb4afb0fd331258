local prelude = require("prelude")
local Readable, log = prelude.Readable, prelude.log

local source = Readable({ highWaterMark = 5, read = function() end })
log("push", source:push("abc"))
log("push", source:push("de"))
log("push", source:push("f"))
log("length", source.readableLength, source.readableHighWaterMark)
log("read", source:read())
log("length", source.readableLength)
