--- `setoption` and `getoption`: what LuaSocket calls the options of sockets.
--
-- Floor 14.

local strict = require("uvnet.base.strict")

local options = {}

-- See `net.strict`.
local LINGER = strict.names("on timeout")

local setters = {}

setters["tcp-nodelay"] = function(socket, value) socket:setNoDelay(value) end
setters.keepalive = function(socket, value) socket:setKeepAlive(value) end

-- What is set before there is a socket waits for it; `reuseaddr` is what libuv does by itself where it is right.
local KINDS = {
  keepalive = "boolean",
  linger = "table",
  reuseaddr = "boolean",
  reuseport = "boolean",
  ["tcp-nodelay"] = "boolean",
  ["ipv6-v6only"] = "boolean",
}

local DEFAULTS = {
  keepalive = false,
  reuseaddr = true,
  reuseport = false,
  ["tcp-nodelay"] = false,
  ["ipv6-v6only"] = false,
}

--- What is wrong with a name; nil: nothing.
function options.check_name(name)
  if type(name) ~= "string" then
    return ("string expected, got %s"):format(name == nil and "no value" or type(name))
  end
  if not KINDS[name] and name ~= "error" then return ("unsupported option `%s'"):format(name) end
end

--- What is wrong with a name or a value, and which argument that is; nil: nothing.
function options.check(name, value)
  local problem = options.check_name(name)
  if problem then return problem, 2 end
  local kind = KINDS[name]
  if not kind then return ("unsupported option `%s'"):format(name), 2 end
  if type(value) ~= kind then
    return ("%s expected, got %s"):format(kind, value == nil and "no value" or type(value)), 3
  end
  if name == "linger" then
    strict.check(value, LINGER, "linger")
    if type(value.on) ~= "boolean" then return "boolean 'on' field expected", 3 end
    if type(value.timeout) ~= "number" then return "number 'timeout' field expected", 3 end
  end
end

--- Has a socket what was set, all of it or one.
-- @tparam table set
-- @tparam net.Socket socket
-- @tparam[opt] string only
function options.apply(set, socket, only)
  for name, setter in pairs(setters) do
    if set[name] ~= nil and (only == nil or only == name) then setter(socket, set[name]) end
  end
end

--- What was set.
function options.get(set, name)
  if name == "error" then return nil end
  local value = set[name]
  if name == "linger" then
    return { on = value ~= nil and value.on, timeout = value and value.timeout or 0 }
  end
  if value == nil then return DEFAULTS[name] end
  return value
end

return options
