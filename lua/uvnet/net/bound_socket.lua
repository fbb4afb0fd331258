--- net.BoundSocket: a socket that is bound, for a server or a socket to take over.
--
-- Private fields: `_held`: the handle, until it is taken over or closed; `_name`: its address, or its path.
--
-- Floor 8.

local args = require("uvnet.net.args")
local class = require("uvnet.base.class")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local strict = require("uvnet.base.strict")

local BoundSocket = class.new("BoundSocket")

-- See `net.strict`.
BoundSocket.knownOptions = strict.names("host port ipv6Only reusePort path")

local function check(kind, options, name)
  local value = options[name]
  if value ~= nil and type(value) ~= kind then errors.throw("ERR_INVALID_ARG_TYPE", "options." .. name, kind, value) end
  return value
end

local function bind_path(self, options)
  if options.host ~= nil or options.port ~= nil or options.ipv6Only ~= nil or options.reusePort ~= nil then
    errors.throw("ERR_INVALID_ARG_VALUE", "options", options,
      "path is mutually exclusive with host, port, ipv6Only, and reusePort")
  end
  local path = check("string", options, "path")
  local handle, code, errno = core.pipe()
  local ok = handle
  if handle then
    ok, code, errno = handle:bindPath(path)
  end
  if not ok then
    if handle then handle:close() end
    error(errors.system("bind", code, errno), 0)
  end
  self._held, self._name = handle, path
end

local function bind_tcp(self, options)
  local port = options.port == nil and 0 or args.checkPort(options.port, "options.port")
  local ipv6_only, reuse = check("boolean", options, "ipv6Only"), check("boolean", options, "reusePort")
  local host = check("string", options, "host")
  if host == nil then
    host = ipv6_only and "::" or "0.0.0.0"
  elseif core.isIP(host) == 0 then
    errors.throw("ERR_INVALID_ARG_VALUE", "options.host", host,
      "must be a numeric IP address; net.BoundSocket does not perform DNS resolution")
  end
  local handle, code, errno = core.tcp()
  local ok, address, its_port, family = handle, nil, nil, nil
  if handle then
    ok, code, errno = handle:bind(host, port, ipv6_only and core.isIP(host) == 6, reuse)
  end
  if ok then
    -- What is in use is said now.
    address, its_port, family = handle:sockname()
    if not address then
      ok, code, errno = nil, its_port, family
    end
  end
  if not ok then
    if handle then handle:close() end
    error(errors.system("bind", code, errno, nil, host, port), 0)
  end
  self._held, self._name = handle, { address = address, family = family, port = its_port }
end

--- Binds a socket: `net.BoundSocket([options])`.
-- @tparam[opt] table options
-- @tparam[opt] string options.host an IP address: `0.0.0.0`, or `::` with `ipv6Only`
-- @tparam[opt=0] integer options.port 0 is any port that is free
-- @tparam[opt=false] boolean options.ipv6Only
-- @tparam[opt=false] boolean options.reusePort
-- @tparam[opt] string options.path of a unix domain socket or named pipe; without all others
-- @raise ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_SOCKET_BAD_PORT, a system error of `bind`
-- @see Node's net: new net.BoundSocket([options])
function BoundSocket:initialize(options)
  if options == nil then options = {} end
  if type(options) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options) end
  strict.check_constructor(self, options)
  if options.path ~= nil then
    bind_path(self, options)
  else
    bind_tcp(self, options)
  end
end

local function held(self, call)
  errors._checkSelf(self, call)
  local handle = rawget(self, "_held")
  if not handle then errors.throw("ERR_SOCKET_HANDLE_ADOPTED") end
  return handle
end

--- Where it is bound.
-- @treturn table|string `{ address = …, family = …, port = … }`, or the path
-- @raise ERR_SOCKET_HANDLE_ADOPTED
-- @see Node's net: boundSocket.address()
function BoundSocket:address()
  held(self, "boundSocket:address()")
  local name = self._name
  if type(name) == "string" then return name end
  return { address = name.address, family = name.family, port = name.port }
end

--- Its file descriptor: to look at only.
-- @treturn integer -1 where there are none
-- @raise ERR_SOCKET_HANDLE_ADOPTED
-- @see Node's net: boundSocket.fd()
function BoundSocket:fd() return held(self, "boundSocket:fd()").fd end

--- Closes it, if nobody has taken it over.
-- @raise ERR_SOCKET_HANDLE_ADOPTED
-- @see Node's net: boundSocket.close()
function BoundSocket:close()
  held(self, "boundSocket:close()"):close()
  self._held = nil
end

--- On Lua 5.4, `local bound <close> = …` closes it at the block's end, if nobody has taken it over.
function BoundSocket.__instance.__close(self)
  if rawget(self, "_held") then self:close() end
end

--- Is it one of a path?
function BoundSocket.__getters:isPipe() return type(self._name) == "string" end

-- What `tostring` shows.
function BoundSocket:_describe()
  if not rawget(self, "_held") then return "taken over" end
  local name = self._name
  if type(name) == "string" then return name end
  return (name.family == "IPv6" and "[%s]:%d" or "%s:%d"):format(name.address, name.port)
end

--- Gives the handle away, and its path if it has one.
-- @local
function BoundSocket:_adopt()
  local handle = held(self)
  self._held = nil
  local name = self._name
  return handle, type(name) == "string" and name or nil
end

return BoundSocket
