local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

local emitter = EventEmitter()
local seen = {}
emitter:once("x", function(a, b)
  seen[#seen + 1] = a
  seen[#seen + 1] = b
end)
emitter:emit("x", "one", "two")
emitter:emit("x", "three", "four")
log("seen", seen)
