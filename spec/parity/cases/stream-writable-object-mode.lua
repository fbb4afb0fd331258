local prelude = require("prelude")
local Writable, log, setImmediate = prelude.Writable, prelude.log, prelude.setImmediate

local sink = Writable({
  objectMode = true,
  highWaterMark = 2,
  write = function(_, value, _, callback)
    log("value", value)
    setImmediate(callback)
  end,
})
log("write", sink:write({ a = 1 }))
log("write", sink:write(5))
log("length", sink.writableLength, sink.writableObjectMode)
sink:finish(true)
sink:on("finish", function() log("finish") end)
