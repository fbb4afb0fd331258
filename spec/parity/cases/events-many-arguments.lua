local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

local emitter = EventEmitter()
emitter:on("x", function(...) log("args", ...) end)
emitter:emit("x", 1, 2, 3, 4, 5, 6, 7, 8)
emitter:emit("x", nil, 2)
emitter:emit("x", "a", nil, "c")
