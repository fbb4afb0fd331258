local prelude = require("prelude")
local PassThrough, log, pipeline = prelude.PassThrough, prelude.log, prelude.pipeline
local watch = prelude.watch

local source = PassThrough()
local sink = PassThrough()
watch(source, "source", { "end", "error", "close" })
watch(sink, "sink", { "end", "error", "close", "finish" })
pipeline(source, sink, function(err) log("done", err) end)
source:destroy()
