local prelude = require("prelude")
local Readable, later, watch = prelude.Readable, prelude.later, prelude.watch

local source = Readable({ emitClose = false, read = function() end })
local note = watch(source, "source", { "end", "close" })
source:push(nil)
source:resume()
later(function() note("destroyed", source.destroyed) end)
