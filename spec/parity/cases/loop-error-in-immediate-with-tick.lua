local prelude = require("prelude")
local Error, log, nextTick = prelude.Error, prelude.log, prelude.nextTick
local setImmediate = prelude.setImmediate

-- Ticks run before the next callback, also when an immediate throws.
setImmediate(function()
  nextTick(function() log("tick") end)
  error(Error("in an immediate"), 0)
end)
setImmediate(function() log("next immediate") end)
