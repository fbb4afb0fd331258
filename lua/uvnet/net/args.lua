--- The overloads of `listen` and `connect`: many forms, one options table.
--
-- Floor 2.

local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local plain = require("uvnet.base.plain")

local args = {}

--- A number that JavaScript would see in this value, if it is not negative; else nil.
function args.toNumber(value)
  if type(value) == "string" and plain.isBlank(value) then return 0 end
  local number = plain.toNumber(value)
  if number and number >= 0 then return number end
  return nil
end

--- Is this what names a pipe: a string that is no number?
function args.isPipeName(value) return type(value) == "string" and not args.toNumber(value) end

--- `(options[, callback])`, `(path[, …][, callback])`, `([port][, host][, …][, callback])` → options, callback.
-- An options table is given back itself; `given` says whether there was a first argument at all.
-- @treturn table options
-- @treturn ?function callback
-- @treturn boolean given
function args.normalize(count, first, second, ...)
  if count == 0 then return {}, nil, false end
  local options
  if type(first) == "table" and not (is_callable(first) and getmetatable(first).class == nil) then
    options = first
  elseif args.isPipeName(first) then
    options = { path = first }
  else
    options = { port = first }
    if count > 1 and type(second) == "string" then options.host = second end
  end
  local last = first
  if count == 2 then
    last = second
  elseif count > 2 then
    last = select(count - 2, ...)
  end
  local callback = is_callable(last) and last ~= options and last or nil
  return options, callback, true
end

--- Checks what goes to C as a name: there, a NUL would end it, and so make another name of it.
-- @raise ERR_INVALID_ARG_VALUE
function args.checkNoNul(name, value)
  if value:find("\0", 1, true) then
    errors.throw("ERR_INVALID_ARG_VALUE", name, value, "must be a string without null bytes")
  end
end

--- Checks a port: a number, or a string that is one, from 0 to 65535.
-- @return the port as an integer
-- @raise ERR_SOCKET_BAD_PORT
function args.checkPort(port, name)
  local number
  if type(port) == "number" then
    number = port
  elseif type(port) == "string" and not plain.isBlank(port) then
    number = plain.toNumber(port)
  end
  if not number or number % 1 ~= 0 or number < 0 or number > 65535 then
    errors.throw("ERR_SOCKET_BAD_PORT", name, port, true)
  end
  return math.floor(number)
end

return args
