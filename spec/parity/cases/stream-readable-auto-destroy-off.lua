local prelude = require("prelude")
local Readable, later, watch = prelude.Readable, prelude.later, prelude.watch

local source = Readable({ autoDestroy = false, read = function() end })
local note = watch(source, "source", { "end", "close", "error" })
source:push("x")
source:push(nil)
source:resume()
later(function()
  note("destroyed", source.destroyed)
  source:destroy()
end)
