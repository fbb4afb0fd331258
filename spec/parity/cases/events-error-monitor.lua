local prelude = require("prelude")
local EventEmitter, bad, log = prelude.EventEmitter, prelude.bad, prelude.log
local newError = prelude.newError

local emitter = EventEmitter()
emitter:on(EventEmitter.errorMonitor, function(err) log("monitor", err) end)
bad("without a listener", function() return emitter:emit("error", newError("one")) end)
emitter:on("error", function(err) log("listener", err) end)
emitter:emit("error", newError("two"))
