--- What Node's `events` has beside its class.
--
-- Floor 3.

local abort = require("uvnet.base.abort")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local ticks = require("uvnet.runtime.ticks")

local helpers = {}

local function check_emitter(emitter)
  if type(emitter) ~= "table" or type(emitter.listeners) ~= "function" then
    errors.throw("ERR_INVALID_ARG_TYPE", "emitter", { "EventEmitter", "EventTarget" }, emitter)
  end
end

--- The listeners of an event, as `emitter:listeners` gives them.
-- @param emitter an EventEmitter or an AbortSignal
-- @param event its name
-- @treturn {function,...}
-- @raise ERR_INVALID_ARG_TYPE
function helpers.getEventListeners(emitter, event)
  check_emitter(emitter)
  return emitter:listeners(event)
end

local Disposable = {}
Disposable.__index = Disposable

--- Takes the listener away.
function Disposable:dispose()
  if self.stop then self.stop() end
end

Disposable.__close = Disposable.dispose

--- Has a function called once when a signal is aborted, whatever other listeners do; in a tick if it is already.
-- @param signal an AbortSignal
-- @tparam function listener gets the event
-- @return a table with `dispose()`, which takes the listener away; on Lua 5.4 it can be `<close>`
-- @raise ERR_INVALID_ARG_TYPE
function helpers.addAbortListener(signal, listener)
  if signal == nil then errors.throw("ERR_INVALID_ARG_TYPE", "signal", "AbortSignal", signal) end
  abort.check(signal, "signal")
  if not is_callable(listener) then errors.throw("ERR_INVALID_ARG_TYPE", "listener", "function", listener) end
  local function call() listener({ type = "abort", target = signal, currentTarget = signal, isTrusted = true }) end
  local disposable = setmetatable({}, Disposable)
  if signal.aborted then
    ticks.later(call)
  else
    disposable.stop = abort.watch(signal, call)
  end
  return disposable
end

--- Sets how many listeners each event of these may have; without any, of all that set no limit of their own.
-- @param EventEmitter the class
-- @tparam number n
-- @tparam table emitters
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function helpers.setMaxListeners(EventEmitter, n, emitters)
  if not (n >= 0) then errors.throw("ERR_OUT_OF_RANGE", "setMaxListeners", ">= 0", n) end
  if #emitters == 0 then EventEmitter.defaultMaxListeners = n end
  for i = 1, #emitters do
    local emitter = emitters[i]
    if type(emitter) ~= "table" or type(emitter.setMaxListeners) ~= "function" then
      errors.throw("ERR_INVALID_ARG_TYPE", "eventTargets", { "EventEmitter", "EventTarget" }, emitter)
    end
    emitter:setMaxListeners(n)
  end
end

return helpers
