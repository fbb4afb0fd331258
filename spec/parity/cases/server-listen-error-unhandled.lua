local prelude = require("prelude")
local log, net, nextTick = prelude.log, prelude.net, prelude.nextTick
local setImmediate = prelude.setImmediate

local server = net.createServer()
server:listen(0, "203.0.113.1")
setImmediate(function() log("immediate") end)
nextTick(function() log("tick") end)
