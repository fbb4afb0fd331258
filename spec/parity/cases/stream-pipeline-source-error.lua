local prelude = require("prelude")
local PassThrough, log, newError = prelude.PassThrough, prelude.log, prelude.newError
local pipeline, watch = prelude.pipeline, prelude.watch

local source = PassThrough()
local sink = PassThrough()
watch(source, "source", { "end", "error", "close" })
watch(sink, "sink", { "end", "error", "close", "finish" })
pipeline(source, sink, function(err) log("done", err) end)
source:destroy(newError("source broke"))
