local prelude = require("prelude")
local Writable, later, log = prelude.Writable, prelude.later, prelude.log
local setImmediate = prelude.setImmediate

local sink = Writable({
  highWaterMark = 3,
  write = function(_, chunk, _, callback)
    log("_write", chunk)
    setImmediate(callback)
  end,
})
sink:on("drain", function() log("drain", sink.writableLength) end)
sink:on("finish", function() log("finish") end)
sink:on("close", function() log("close") end)
log("write", sink:write("a", function() log("callback a") end), sink.writableLength)
log("write", sink:write("b", function() log("callback b") end), sink.writableLength)
log("write", sink:write("c", function() log("callback c") end), sink.writableLength)
log("need drain", sink.writableNeedDrain)
later(function()
  log("write", sink:write("d", function() log("callback d") end))
  sink:finish()
end)
