--- Names of signals.
--
-- Floor 2.

local core = require("uvnet.core")
local errors = require("uvnet.errors")

local signals = { numbers = core.signals }

-- Several names may have one number: the name that Node gives is the one that is not a second one.
local SECOND = { SIGIOT = true, SIGPOLL = true }

local names = {}
for name, number in pairs(core.signals) do
  if not SECOND[name] then names[number] = name end
end

--- The name of a number, or nil.
function signals.name(number) return names[number] end

--- The number of what a user has called a signal: a number, or a name in any case.
-- @raise ERR_UNKNOWN_SIGNAL; ERR_INVALID_ARG_TYPE
function signals.number(value)
  if type(value) == "number" then
    if value == 0 then return 0 end
    if names[value] then return value end
    return errors.throw("ERR_UNKNOWN_SIGNAL", errors.inspect(value))
  elseif type(value) == "string" then
    local number = core.signals[value:upper()]
    if number then return number end
    return errors.throw("ERR_UNKNOWN_SIGNAL", value)
  end
  return errors.throw("ERR_INVALID_ARG_TYPE", "signal", { "string", "number" }, value)
end

return signals
