local prelude = require("prelude")
local Readable, later, nextTick = prelude.Readable, prelude.later, prelude.nextTick
local watch = prelude.watch

local source = Readable({ read = function() end })
local note = watch(source, "source", { "end", "close", "pause", "resume" })
note("state", source.readableFlowing, source:isPaused(), source.readableLength)
source:push("one")
note("pushed", source.readableFlowing, source.readableLength)
source:on("data", function(data) note("data", data) end)
note("listening", source.readableFlowing, source.readableLength)
nextTick(function() note("tick", source.readableLength) end)
source:push("two")
later(function()
  source:push("three")
  source:push(nil)
  note("ended", source.readableEnded, source.readable)
end)
