local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

local emitter = EventEmitter()
local function listener() end
log("on", emitter:on("x", listener) == emitter)
log("addListener", emitter:addListener("x", listener) == emitter)
log("once", emitter:once("x", listener) == emitter)
log("prependListener", emitter:prependListener("x", listener) == emitter)
log("prependOnceListener", emitter:prependOnceListener("x", listener) == emitter)
log("off", emitter:off("x", listener) == emitter)
log("removeListener", emitter:removeListener("x", listener) == emitter)
log("removeAllListeners", emitter:removeAllListeners("x") == emitter)
log("setMaxListeners", emitter:setMaxListeners(5) == emitter)
log("getMaxListeners", emitter:getMaxListeners())
log("emit", emitter:emit("x"))
