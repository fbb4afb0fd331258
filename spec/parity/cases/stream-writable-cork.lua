local prelude = require("prelude")
local Writable, log = prelude.Writable, prelude.log

local sink = Writable({
  write = function(_, chunk, _, callback)
    log("_write", chunk)
    callback()
  end,
  writev = function(_, chunks, callback)
    log("_writev", #chunks)
    callback()
  end,
})
sink:cork()
sink:cork()
log("corked", sink.writableCorked)
sink:write("a", function() log("a") end)
sink:write("b", function() log("b") end)
log("length", sink.writableLength)
sink:uncork()
log("corked", sink.writableCorked, sink.writableLength)
sink:uncork()
log("corked", sink.writableCorked, sink.writableLength)
sink:uncork()
sink:write("c")
sink:cork()
sink:write("d")
sink:finish()
sink:on("finish", function() log("finish", sink.writableCorked) end)
