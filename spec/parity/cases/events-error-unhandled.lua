local prelude = require("prelude")
local EventEmitter, attempt, log = prelude.EventEmitter, prelude.attempt, prelude.log
local newError = prelude.newError

local emitter = EventEmitter()
log("error", attempt(function() return emitter:emit("error", newError("boom")) end))
local own = { kind = "own" }
emitter:on("error", function(err) log("handled", err) end)
log("emit", emitter:emit("error", newError("caught")))
emitter:emit("error", own)
emitter:emit("error", "text")
emitter:emit("error")
