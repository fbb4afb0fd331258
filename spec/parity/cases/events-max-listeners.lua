local prelude = require("prelude")
local EventEmitter, bad, log = prelude.EventEmitter, prelude.bad, prelude.log

local emitter = EventEmitter()
log("default", emitter:getMaxListeners())
emitter:setMaxListeners(0)
log("none", emitter:getMaxListeners())
emitter:setMaxListeners(math.huge)
log("infinite", emitter:getMaxListeners())
for _ = 0, 19 do emitter:on("x", function() end) end
log("count", emitter:listenerCount("x"))
bad("negative", function() return emitter:setMaxListeners(-1) end)
bad("a string", function() return emitter:setMaxListeners("5") end)
bad("NaN", function() return emitter:setMaxListeners((0 / 0)) end)
