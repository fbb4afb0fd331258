--- What those who take a `signal` do with it: check it, hear of its end, and the Error that they give.
--
-- A signal is anything with AbortSignal's face: `aborted`, `reason`, `addEventListener` and `removeEventListener`. So
-- this file needs neither the class nor a loop.
--
-- Floor 2.

local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")

local abort = {}

local ONCE = { once = true }

--- Checks a signal, if there is one.
-- @param signal
-- @tparam string name what the message calls it, such as `options.signal`
-- @raise ERR_INVALID_ARG_TYPE
function abort.check(signal, name)
  if signal == nil then return end
  if type(signal) ~= "table" or type(signal.aborted) ~= "boolean" or not is_callable(signal.addEventListener) then
    errors.throw("ERR_INVALID_ARG_TYPE", name, "AbortSignal", signal)
  end
end

--- The Error of what a signal has ended: an `AbortError` with the code `ABORT_ERR` and the signal's reason as `cause`.
-- @param[opt] signal
-- @treturn Error
function abort.error(signal)
  local err = errors.coded("ABORT_ERR")
  if signal then err.cause = signal.reason end
  return err
end

--- Has a function called once when the signal is aborted; one that is already does not call it.
-- @param signal
-- @tparam function action gets nothing
-- @treturn function takes it back
function abort.watch(signal, action)
  if is_callable(signal._watch) then return signal:_watch(action) end
  local stopped = false
  local function on_abort()
    if stopped then return end
    stopped = true
    action()
  end
  signal:addEventListener("abort", on_abort, ONCE)
  return function()
    if stopped then return end
    stopped = true
    signal:removeEventListener("abort", on_abort)
  end
end

return abort
