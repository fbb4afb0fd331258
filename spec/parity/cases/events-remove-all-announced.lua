local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

local emitter = EventEmitter()
emitter:on("removeListener", function(event) log("removed", event) end)
emitter:on("x", function() end)
emitter:on("y", function() end)
emitter:on("x", function() end)
emitter:removeAllListeners()
log("names", emitter:eventNames())
