local prelude = require("prelude")
local Readable, watch = prelude.Readable, prelude.watch

local source = Readable({ read = function() end })
local note = watch(source, "source", { "end", "close", "error" })
source:push("x")
source:push(nil)
note("push", source:push("too late"))
source:resume()
