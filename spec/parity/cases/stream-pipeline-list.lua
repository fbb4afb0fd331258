local prelude = require("prelude")
local PassThrough, log, pipeline = prelude.PassThrough, prelude.log, prelude.pipeline
local watch = prelude.watch

local source = PassThrough()
local sink = PassThrough()
watch(sink, "sink")
pipeline({ source, PassThrough(), sink }, function(err) log("done", err) end)
source:finish("listed")
