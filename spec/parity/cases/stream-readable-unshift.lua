local prelude = require("prelude")
local Readable, watch = prelude.Readable, prelude.watch

local source = Readable({ read = function() end })
local note = watch(source, "source", { "end", "close", "error" })
source:push("world")
source:unshift("hello ")
note("length", source.readableLength)
note("read(5)", source:read(5))
source:unshift("HELLO")
note("read", source:read())
source:push(nil)
source:resume()
