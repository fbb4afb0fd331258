--- Timers: `setTimeout`, `setInterval`, `setImmediate`, `nextTick`, and their `clear…`.
--
-- Floor 4.

local class = require("uvnet.base.class")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local events = require("uvnet.events")
local immediates = require("uvnet.runtime.immediates")
local ticks = require("uvnet.runtime.ticks")
local waiting = require("uvnet.runtime.timer_queue")
require("uvnet.runtime.loop")

local unpack = table.unpack or unpack -- luacheck: ignore 143
local to_number = require("uvnet.base.plain").toNumber
local floor = math.floor

local LONGEST = 2147483647 -- ms, as in Node

local start = waiting.start

local timers = {
  nextTick = ticks.nextTick,
  setImmediate = immediates.setImmediate,
  clearImmediate = immediates.clearImmediate,
}

--- What `setTimeout` and `setInterval` give.
-- @type Timeout
local Timeout = class.new("Timeout")

local function warn(name, ms, complaint)
  local text = "%s %s.\nTimeout duration was set to 1."
  events.warn(errors(text:format(errors.inspect(ms), complaint), { name = name }))
end

-- What is said once only, as in Node.
local warned = {}

local function warn_once(name, ms, complaint)
  if warned[name] then return end
  warned[name] = true
  warn(name, ms, complaint)
end

local function to_duration(given)
  local ms = to_number(given)
  if ms and ms >= 1 and ms <= LONGEST then return floor(ms) end
  if given == nil or type(given) == "boolean" then return 1 end -- in JavaScript those are numbers, or no argument
  if not ms or ms ~= ms then
    warn_once("TimeoutNaNWarning", 0 / 0, "is not a number")
  elseif ms > LONGEST then
    warn("TimeoutOverflowWarning", ms, "does not fit into a 32-bit signed integer")
  elseif ms < 0 then
    warn_once("TimeoutNegativeWarning", ms, "is a negative number")
  end
  return 1
end

local function new_timeout(callback, ms, repeats, ...)
  if type(callback) ~= "function" then
    local name = repeats and "setInterval" or "setTimeout"
    errors._checkCallback(callback, timers[name], ("net.timers.%s(callback, delay)"):format(name))
  end
  local count = select("#", ...)
  local timeout = setmetatable({
    _callback = callback,
    _duration = to_duration(ms),
    _repeats = repeats,
    _ref = true,
    _count = count > 0 and count or nil,
    _arguments = count > 0 and { ... } or nil,
    -- The places of what waiting sets.
    _start = 0,
    _list = false,
    _previous = false,
    _next = false,
  }, Timeout.__instance)
  start(timeout)
  return timeout
end

--- Makes it keep `run` running (again). That is so from the start.
-- @function Timeout:ref
-- @treturn Timeout itself
Timeout.ref = waiting.ref

--- Makes it keep `run` running no longer.
-- @function Timeout:unref
-- @treturn Timeout itself
Timeout.unref = waiting.unref

--- Does it keep `run` running while it waits?
-- @treturn boolean
function Timeout:hasRef() return self._ref end

--- Starts its time anew, without making another timeout; it may have fired already, but not been cleared.
-- @treturn Timeout itself
function Timeout:refresh()
  if not self._cleared then start(self) end
  return self
end

--- Clears it.
-- @treturn Timeout itself
function Timeout:close()
  timers.clearTimeout(self)
  return self
end

--- On Lua 5.4, `local timeout <close> = …` clears it at the block's end.
function Timeout.__instance.__close(self) timers.clearTimeout(self) end

-- For those who have timeouts of another kind.
timers._Timeout = Timeout

function Timeout:_call()
  if self._count then
    self._callback(unpack(self._arguments, 1, self._count))
  else
    self._callback()
  end
end

--- @section end

--- Calls a function once after a time.
-- @tparam function callback
-- @tparam[opt=1] number delay ms, from 1 to 2147483647; anything else is 1, with a warning
-- @param ... what the callback gets
-- @treturn Timeout
-- @raise ERR_INVALID_ARG_TYPE
function timers.setTimeout(callback, delay, ...) return new_timeout(callback, delay, nil, ...) end

--- Calls a function again and again.
-- @tparam function callback
-- @tparam[opt=1] number delay ms between the calls
-- @param ... what the callback gets
-- @treturn Timeout
-- @raise ERR_INVALID_ARG_TYPE
function timers.setInterval(callback, delay, ...) return new_timeout(callback, delay, true, ...) end

--- Clears a timeout. Anything else, one that has fired included, is let pass.
-- @tparam[opt] Timeout timeout
function timers.clearTimeout(timeout)
  if getmetatable(timeout) ~= Timeout.__instance and not Timeout:isInstance(timeout) then
    return errors._checkModule(timeout, timers.clearTimeout, "net.timers.clearTimeout(timeout)")
  end
  timeout._cleared = true
  waiting.stop(timeout)
end

--- The time, for measuring how long something takes: it never goes back, and does not say what o'clock it is.
-- @treturn number ms, with fractions, since some time in the past
timers.now = core.precise_now

--- The same as `clearTimeout`.
-- @function clearInterval
timers.clearInterval = timers.clearTimeout

return timers
