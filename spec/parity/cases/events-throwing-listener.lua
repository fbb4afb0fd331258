local prelude = require("prelude")
local Error, EventEmitter, bad, log = prelude.Error, prelude.EventEmitter, prelude.bad, prelude.log

-- The rest is not called; the emitter is fine afterwards.
local emitter = EventEmitter()
emitter:once("x", function() error(Error("in a listener"), 0) end)
emitter:on("x", function() log("second") end)
bad("emit", function() return emitter:emit("x") end)
emitter:emit("x")
