local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

-- removeListener gives the listener, not what once wrapped it in.
local emitter = EventEmitter()
local function one() log("one") end
emitter:on("removeListener", function(event, listener) log("removed", event, listener == one) end)
emitter:on("x", function() log("other") end)
emitter:once("x", one)
emitter:emit("x")
