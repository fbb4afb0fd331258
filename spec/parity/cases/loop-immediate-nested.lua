local prelude = require("prelude")
local log, nextTick, setImmediate = prelude.log, prelude.nextTick, prelude.setImmediate

-- An immediate made by an immediate waits for the next turn.
setImmediate(function()
  log("1")
  setImmediate(function()
    log("3")
    nextTick(function() log("tick of 3") end)
  end)
end)
setImmediate(function(...) log("2", ...) end, "a", "b")
