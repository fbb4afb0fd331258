local prelude = require("prelude")
local PassThrough, later, watch = prelude.PassThrough, prelude.later, prelude.watch

local source = PassThrough()
local sink = PassThrough()
local note = watch(sink, "sink", { "pipe", "unpipe", "data", "end", "finish", "close" })
source:pipe(sink, { ["end"] = false })
source:on("end", function()
  note("source ended", sink.writableEnded)
  later(function() sink:finish("!") end)
end)
source:finish("one")
