local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

local emitter = EventEmitter()
local depth = 0
emitter:once("x", function()
  depth = depth + 1
  log("once", depth)
  log("inner", emitter:emit("x"))
end)
log("emit", emitter:emit("x"))
log("emit", emitter:emit("x"))
