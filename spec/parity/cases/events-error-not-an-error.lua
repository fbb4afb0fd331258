local prelude = require("prelude")
local EventEmitter, bad = prelude.EventEmitter, prelude.bad

local emitter = EventEmitter()
bad("a string", function() return emitter:emit("error", "text") end)
bad("nothing", function() return emitter:emit("error") end)
bad("a number", function() return emitter:emit("error", 42) end)
