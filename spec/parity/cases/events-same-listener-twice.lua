local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

local emitter = EventEmitter()
local function one() log("one") end
emitter:on("x", one)
emitter:once("x", one)
emitter:emit("x")
emitter:emit("x")
emitter:off("x", one)
log("left", emitter:listenerCount("x"))
