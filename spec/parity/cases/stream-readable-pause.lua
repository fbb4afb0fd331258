local prelude = require("prelude")
local Readable, later, watch = prelude.Readable, prelude.later, prelude.watch

local source = Readable({ read = function() end })
local note = watch(source, "source", { "end", "close", "pause", "resume" })
source:on("data", function(data)
  note("data", data)
  note("pause", source:pause() == source, source:isPaused(), source.readableFlowing)
  later(function() note("resume", source:resume() == source, source:isPaused(), source.readableFlowing) end)
end)
source:push("one")
source:push("two")
source:push(nil)
