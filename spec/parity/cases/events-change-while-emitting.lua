local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

-- Those who listened when the emit began are called.
local emitter = EventEmitter()
local function late() log("late") end
local function gone() log("gone") end
local function first()
  log("first")
  emitter:on("x", late)
  emitter:off("x", gone)
end
emitter:on("x", first)
emitter:on("x", gone)
emitter:emit("x")
log("again")
emitter:off("x", first)
emitter:emit("x")
