local prelude = require("prelude")
local PassThrough, Writable, later = prelude.PassThrough, prelude.Writable, prelude.later
local log, newError, watch = prelude.log, prelude.newError, prelude.watch

-- A pipe lets go of a sink that fails, and does not touch the source.
local source = PassThrough()
local sink = Writable({ write = function(_, _, _, callback) callback(newError("full")) end })
watch(sink, "sink", { "unpipe", "error", "close", "finish" })
watch(source, "source", { "end", "error", "close" })
source:pipe(sink)
source:write("x")
later(function()
  log("source", source.destroyed, source.readableFlowing)
  source:destroy()
end)
