local prelude = require("prelude")
local Error, log, nextTick = prelude.Error, prelude.log, prelude.nextTick
local setImmediate, setTimeout = prelude.setImmediate, prelude.setTimeout

-- Each error comes out; the rest of the callbacks run.
setTimeout(function() error(Error("in a timer"), 0) end, 1000)
setTimeout(function() log("next timer") end, 1020)
setImmediate(function() error(Error("in an immediate"), 0) end)
setImmediate(function() log("next immediate") end)
nextTick(function() error(Error("in a tick"), 0) end)
nextTick(function() log("next tick") end)
