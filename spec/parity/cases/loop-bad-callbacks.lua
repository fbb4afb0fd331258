local prelude = require("prelude")
local bad, nextTick, setImmediate = prelude.bad, prelude.nextTick, prelude.setImmediate
local setInterval, setTimeout = prelude.setInterval, prelude.setTimeout

bad("setTimeout()", function() return setTimeout() end)
bad("setTimeout(5)", function() return setTimeout(5) end)
bad("setInterval(\"x\")", function() return setInterval("x", 5) end)
bad("setImmediate()", function() return setImmediate() end)
bad("setImmediate(true)", function() return setImmediate(true) end)
bad("nextTick()", function() return nextTick() end)
bad("nextTick(1)", function() return nextTick(1) end)
