local prelude = require("prelude")
local Writable, log, nextTick, watch = prelude.Writable, prelude.log, prelude.nextTick, prelude.watch

-- write callbacks and drain of a sink that takes at once.
local sink = Writable({
  highWaterMark = 4,
  write = function(_, chunk, _, callback)
    log("_write", chunk)
    callback()
  end,
})
watch(sink, "sink", { "drain", "finish", "close" })
log("write", sink:write("ab", function() log("callback ab") end))
log("write", sink:write("cdef", function() log("callback cdef") end))
log("state", sink.writableLength, sink.writableNeedDrain)
nextTick(function() log("tick") end)
sink:on("drain", function()
  log("drain")
  log("end", sink:finish("g", function() log("callback end") end) == sink)
end)
