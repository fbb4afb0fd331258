local prelude = require("prelude")
local log, nextTick, setTimeout = prelude.log, prelude.nextTick, prelude.setTimeout

-- Ticks run between two timers of the same moment.
setTimeout(function()
  log("first")
  nextTick(function() log("tick of first") end)
end, 5)
setTimeout(function() log("second") end, 5)
