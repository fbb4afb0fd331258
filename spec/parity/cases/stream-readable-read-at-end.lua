local prelude = require("prelude")
local Readable, watch = prelude.Readable, prelude.watch

-- At the end read(n) gives what is left.
local source = Readable({ read = function() end })
local note = watch(source, "source", { "end", "close" })
source:push("abc")
source:push(nil)
source:on("readable", function()
  note("read(10)", source:read(10))
  note("ended", source.readableEnded)
end)
