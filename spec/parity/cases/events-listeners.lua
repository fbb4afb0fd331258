local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

local emitter = EventEmitter()
local function one() log("one") end
local function two() log("two") end
log("empty", emitter:listeners("x"), emitter:rawListeners("x"), emitter:listenerCount("x"), emitter:eventNames())
emitter:on("x", one)
emitter:once("x", two)
emitter:on("y", one)
emitter:on("x", one)
log("names", emitter:eventNames())
log("count", emitter:listenerCount("x"), emitter:listenerCount("y"), emitter:listenerCount("z"))
log("count of one", emitter:listenerCount("x", one), emitter:listenerCount("x", two), emitter:listenerCount("y", two))
local listeners = emitter:listeners("x")
log("listeners", #listeners)
for _, listener in ipairs(listeners) do log("is", listener == one, listener == two) end
local raw = emitter:rawListeners("x")
log("raw", #raw)
for _, listener in ipairs(raw) do log("is", listener == one, listener == two) end
emitter:emit("x")
listeners = emitter:listeners("x")
log("after", #listeners)
emitter:removeListener("y", one)
log("names", emitter:eventNames())
