--- How `connect` chooses among a host's addresses, where it is not told.
--
-- Floor 5.

local errors = require("uvnet.errors")

local LONGEST = 2147483647 -- ms

local selection = {
  --- ms that an address has before the next one is tried, too, of attempts that overlap: RFC 8305, section 8.
  PARALLEL_DELAY = 250,
}

local choice, attempt_timeout = true, 500

--- Checks a value of `autoSelectFamily`.
-- @raise ERR_INVALID_ARG_TYPE
function selection.check(name, value)
  if type(value) ~= "boolean" and value ~= "parallel" then
    errors.throw("ERR_INVALID_ARG_TYPE", name, "boolean", value)
  end
end

--- Checks a time that an attempt has, and gives back what counts: no less than 10 ms.
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function selection.check_timeout(name, value)
  if type(value) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", name, "number", value) end
  if value % 1 ~= 0 then errors.throw("ERR_OUT_OF_RANGE", name, "an integer", value) end
  if not (value >= 1 and value <= LONGEST) then
    errors.throw("ERR_OUT_OF_RANGE", name, ">= 1 && <= 2147483647", value)
  end
  return math.max(10, value)
end

--- What `autoSelectFamily` is, where it is not given: true from the start.
-- @treturn boolean|string
-- @see Node's net: net.getDefaultAutoSelectFamily()
function selection.getDefaultAutoSelectFamily() return choice end

--- Sets what `autoSelectFamily` is, where it is not given.
-- @tparam boolean|string value true, false or `"parallel"`
-- @raise ERR_INVALID_ARG_TYPE
-- @see Node's net: net.setDefaultAutoSelectFamily(value)
function selection.setDefaultAutoSelectFamily(value)
  selection.check("value", value)
  choice = value
end

--- What `autoSelectFamilyAttemptTimeout` is, where it is not given: 500 from the start.
-- @treturn integer ms
-- @see Node's net: net.getDefaultAutoSelectFamilyAttemptTimeout()
function selection.getDefaultAutoSelectFamilyAttemptTimeout() return attempt_timeout end

--- Sets what `autoSelectFamilyAttemptTimeout` is, where it is not given.
-- @tparam integer value ms; less than 10 is 10
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
-- @see Node's net: net.setDefaultAutoSelectFamilyAttemptTimeout(value)
function selection.setDefaultAutoSelectFamilyAttemptTimeout(value)
  attempt_timeout = selection.check_timeout("value", value)
end

return selection
