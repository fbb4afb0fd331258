local prelude = require("prelude")
local PassThrough, later, log = prelude.PassThrough, prelude.later, prelude.log
local newError, watch = prelude.newError, prelude.watch

local source = PassThrough()
local sink = PassThrough()
watch(sink, "sink", { "unpipe", "data", "end", "error", "close", "finish" })
watch(source, "source", { "end", "error", "close" })
source:pipe(sink)
source:write("x")
later(function()
  source:destroy(newError("broken"))
  later(function()
    log("sink", sink.destroyed, sink.writableEnded)
    sink:destroy()
  end)
end)
