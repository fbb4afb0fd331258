local prelude = require("prelude")
local PassThrough, Transform, log = prelude.PassThrough, prelude.Transform, prelude.log
local pipeline, watch = prelude.pipeline, prelude.watch

local source = PassThrough()
local sink = PassThrough()
watch(source, "source", { "end", "error", "close" })
watch(sink, "sink")
local middle = Transform({ transform = function(_, _, _, callback) callback(nil, "*") end })
local last = pipeline(source, middle, sink, function(err) log("done", err) end)
log("returns the last", last == sink)
source:finish("x")
