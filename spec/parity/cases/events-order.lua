local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

local emitter = EventEmitter()
emitter:on("x", function(...) log("first", ...) end)
emitter:on("x", function(...) log("second", ...) end)
emitter:prependListener("x", function(...) log("before", ...) end)
emitter:prependOnceListener("x", function(...) log("once before", ...) end)
emitter:once("x", function(...) log("once", ...) end)
log("emit", emitter:emit("x", 1, "two", true))
log("emit", emitter:emit("x"))
log("emit", emitter:emit("y"))
