local prelude = require("prelude")
local PassThrough, Writable, log = prelude.PassThrough, prelude.Writable, prelude.log
local newError, pipeline, watch = prelude.newError, prelude.pipeline, prelude.watch

local source = PassThrough()
local sink = Writable({ write = function(_, _, _, callback) callback(newError("sink broke")) end })
watch(source, "source", { "end", "error", "close" })
watch(sink, "sink", { "error", "close", "finish" })
pipeline(source, PassThrough(), sink, function(err) log("done", err) end)
source:write("x")
