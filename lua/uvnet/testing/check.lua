--- What the helpers for specs take: what is wrong is said at the call, in Node's words.
--
-- Floor 2.

local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local testing = require("uvnet.testing.public")

local LONGEST = 2147483647 -- ms: a timer's

local check = {}

--- Raises ERR_INVALID_THIS for what was called with a colon: these are functions, not methods.
function check.dot(first, call)
  if first == testing then errors._checkDot("testing." .. call) end
end

--- Raises ERR_INVALID_ARG_TYPE for what cannot be called.
function check.callable(name, value)
  if not is_callable(value) then errors.throw("ERR_INVALID_ARG_TYPE", name, "function", value) end
end

--- Raises ERR_INVALID_ARG_TYPE for what is no table of options; nil is none.
function check.options(name, value)
  if value ~= nil and type(value) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", name, "object", value) end
end

--- Raises ERR_INVALID_ARG_TYPE for what has no listeners.
function check.emitter(name, value)
  if type(value) == "table" and is_callable(value.once) and is_callable(value.removeListener) then return end
  errors.throw("ERR_INVALID_ARG_TYPE", name, "EventEmitter", value)
end

--- Raises ERR_INVALID_ARG_TYPE or ERR_OUT_OF_RANGE for what is no time.
function check.ms(name, value)
  if type(value) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", name, "number", value) end
  if not (value >= 0 and value <= LONGEST) then
    errors.throw("ERR_OUT_OF_RANGE", name, (">= 0 && <= %d"):format(LONGEST), value)
  end
end

--- The time limit of a wait: the one that was given, or the one of all.
-- @raise as `check.ms`
function check.limit(ms)
  if ms ~= nil then
    check.ms("ms", ms)
    return ms
  end
  check.ms("testing.timeout", testing.timeout)
  return testing.timeout
end

return check
