local prelude = require("prelude")
local Error, log, nextTick = prelude.Error, prelude.log, prelude.nextTick
local setImmediate = prelude.setImmediate

nextTick(function() log("tick") end)
setImmediate(function() log("immediate") end)
error(Error("in the script"), 0)
