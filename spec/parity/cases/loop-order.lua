local prelude = require("prelude")
local log, nextTick, setImmediate = prelude.log, prelude.nextTick, prelude.setImmediate

-- Ticks, immediates and timers as Node orders them.
setImmediate(function()
  log("immediate 1")
  nextTick(function() log("tick of immediate 1") end)
end)
setImmediate(function() log("immediate 2") end)
nextTick(function()
  log("tick 1")
  nextTick(function() log("tick 3") end)
end)
nextTick(function(...) log("tick 2", ...) end, "with", 2)
log("script")
