local prelude = require("prelude")
local Readable, actor, watch = prelude.Readable, prelude.actor, prelude.watch

-- Asking for more than the high-water mark raises it.
local asked = actor("asked")
local given = 0
local source = Readable({
  highWaterMark = 4,
  read = function(self, n)
    asked("n", n)
    given = given + 1
    self:push(given < 6 and "xyz" or nil)
  end,
})
local note = watch(source, "source", { "end", "close" })
source:on("readable", function()
  note("readable", source.readableLength)
  local chunk = source:read(8)
  while chunk do
    note("read", chunk)
    chunk = source:read(8)
  end
end)
