local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

local emitter = EventEmitter()
local function one() log("one") end
local function two() log("two") end
emitter:on("x", one)
emitter:on("x", two)
emitter:on("x", one)
emitter:removeListener("x", one)
emitter:emit("x")
emitter:off("x", function() log("nobody") end)
emitter:off("nothing", one)
emitter:once("y", two)
emitter:off("y", two)
log("y", emitter:emit("y"))
emitter:removeAllListeners("x")
log("x", emitter:emit("x"))
emitter:on("a", one)
emitter:on("b", one)
emitter:removeAllListeners()
log("names", emitter:eventNames())
