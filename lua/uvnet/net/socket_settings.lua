--- What can be set of a socket: timeout, Nagle's algorithm, keep-alive, ref and unref.
--
-- Floor 7.

local errors = require("uvnet.errors")
local idle = require("uvnet.runtime.idle")
local parallel = require("uvnet.net.connect_parallel")
local to_number = require("uvnet.base.plain").toNumber

local IS_WINDOWS = package and package.config:sub(1, 1) == "\\"

local MOST_PROBES = 127 -- that Linux takes

local settings = { methods = {} }
local methods = settings.methods

--- Whole seconds, for the system.
function settings.keep_alive_seconds(ms)
  ms = to_number(ms) or 0
  if not (ms > 0 and ms < 2147483648000) then return 0 end
  return math.floor(ms / 1000)
end

--- Has `timeout` emitted when there was no traffic for a time. It does not end the connection.
-- @function Socket:setTimeout
-- @tparam number timeout ms; 0 for none
-- @tparam[opt] table options
-- @tparam[opt=false] boolean options.read counts only what the peer sends, and not what is written to it
-- @tparam[opt] function callback is added as a listener for `timeout`, once
-- @treturn Socket itself
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
-- @see Node's net: socket.setTimeout(timeout[, callback])
methods.setTimeout = idle.setTimeout

--- Has the socket destroyed with `ERR_TIMEOUT` after a time, whatever traffic there is until then.
-- @function Socket:setDeadline
-- @tparam number deadline ms from now; 0 takes it away
-- @treturn Socket itself
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
methods.setDeadline = idle.setDeadline

--- Turns Nagle's algorithm off: small writes are sent at once.
-- @tparam[opt=true] boolean noDelay
-- @treturn Socket itself
-- @see Node's net: socket.setNoDelay([noDelay])
function methods:setNoDelay(noDelay)
  errors._checkSelf(self, "socket:setNoDelay()")
  noDelay = noDelay == nil or (noDelay and true or false)
  local handle = self._handle
  local changed = noDelay ~= (rawget(self, "_noDelay") or false)
  if handle and not rawget(self, "connecting") and handle:isTcp() and changed then handle:nodelay(noDelay) end
  self._noDelay = noDelay or nil
  return self
end

-- What keep-alive is to be, as the handle takes it: on, seconds until the first probe, seconds between probes, how many
-- probes. What is not given of the last two is 1 and 10, as in Node; 0 leaves what the system has.
local function keep_alive_of(enable, delay, interval, count)
  if count ~= nil then count = to_number(count) or 0 end
  return {
    on = enable and true or false,
    delay = settings.keep_alive_seconds(delay),
    interval = interval == nil and 1 or settings.keep_alive_seconds(interval),
    count = count == nil and 10 or count >= 1 and math.floor(math.min(count, MOST_PROBES)) or 0,
  }
end

local NONE = keep_alive_of(false)

local function apply_keep_alive(handle, wanted)
  handle:keepalive(wanted.on, wanted.delay, wanted.interval, wanted.count)
end

--- What the options of a socket, or the fields of a server, say of keep-alive.
function settings.keep_alive_option(options)
  return keep_alive_of(true, options.keepAliveInitialDelay, options.keepAliveInterval, options.keepAliveCount)
end

local known = {} -- the last that a server had for its sockets

--- The same of a server: its sockets share what it says.
function settings.keep_alive_of_server(server)
  local delay, interval, count = server.keepAliveInitialDelay, server.keepAliveInterval, server.keepAliveCount
  if not known.setting or known.delay ~= delay or known.interval ~= interval or known.count ~= count then
    known = { delay = delay, interval = interval, count = count, setting = settings.keep_alive_option(server) }
  end
  return known.setting
end

settings.apply_keep_alive = apply_keep_alive

--- Sets what was asked for before there was a connection.
function settings.apply(socket, handle)
  if not handle:isTcp() then return end
  if rawget(socket, "_noDelay") then handle:nodelay(true) end
  local keep_alive = rawget(socket, "_keepAlive")
  if keep_alive then apply_keep_alive(handle, keep_alive) end
  local tos = rawget(socket, "_tos")
  if not tos then return end
  local ok, code, errno = handle:setTos(tos)
  -- On Windows that is a matter of rights, and the connection is as good without.
  if not ok and code ~= "EBADF" and not IS_WINDOWS then
    socket:emit("error", errors.system("setTypeOfService", code, errno))
  end
end

--- Has the system probe an idle connection: `setKeepAlive([enable][, initialDelay][, interval][, count])`, or
-- `setKeepAlive({ enable = …, initialDelay = …, interval = …, count = … })`.
-- @tparam[opt=false] boolean|table enable
-- @tparam[opt=0] number initialDelay ms before the first probe, in whole seconds; 0 leaves the system's value
-- @tparam[opt=1000] number interval ms between probes, in whole seconds; 0 leaves the system's value
-- @tparam[opt=10] integer count of probes without an answer that end the connection; 0 leaves the system's value
-- @treturn Socket itself
-- @see Node's net: socket.setKeepAlive()
function methods:setKeepAlive(enable, initialDelay, interval, count)
  errors._checkSelf(self, "socket:setKeepAlive(true)")
  if type(enable) == "table" then
    enable, initialDelay, interval, count = enable.enable, enable.initialDelay, enable.interval, enable.count
  end
  local wanted = keep_alive_of(enable, initialDelay, interval, count)
  local old = rawget(self, "_keepAlive") or NONE
  local changed = wanted.on ~= old.on
  if wanted.on and not changed then
    changed = wanted.delay ~= old.delay or wanted.interval ~= old.interval or wanted.count ~= old.count
  end
  local handle = self._handle
  if handle and not rawget(self, "connecting") and handle:isTcp() and changed then apply_keep_alive(handle, wanted) end
  self._keepAlive = wanted.on and wanted or nil
  return self
end

-- ---- type of service ----

--- Checks a type of service.
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function settings.check_tos(name, tos)
  if type(tos) ~= "number" or tos ~= tos then errors.throw("ERR_INVALID_ARG_TYPE", name, "number", tos) end
  if tos % 1 ~= 0 then errors.throw("ERR_OUT_OF_RANGE", name, "an integer", tos) end
  if tos < 0 or tos > 255 then errors.throw("ERR_OUT_OF_RANGE", name, ">= 0 && <= 255", tos) end
  return math.floor(tos)
end

-- The handle that has one; nil for a path, and before there is a socket.
local function tos_handle(self)
  local handle = self._handle
  return handle and not rawget(self, "connecting") and handle:isTcp() and handle or nil
end

--- Sets the type of service of what is sent, or of IPv6 its traffic class; before the connection stands, for then.
-- @tparam integer tos 0 to 255
-- @treturn Socket itself
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, a system error of `setTypeOfService`
-- @see Node's net: socket.setTypeOfService(tos)
function methods:setTypeOfService(tos)
  errors._checkSelf(self, "socket:setTypeOfService(tos)")
  tos = settings.check_tos("tos", tos)
  local changed = tos ~= rawget(self, "_tos")
  self._tos = tos
  local handle = tos_handle(self)
  if handle and changed then
    local ok, code, errno = handle:setTos(tos)
    if not ok and not IS_WINDOWS then error(errors.system("setTypeOfService", code, errno), 0) end
  end
  return self
end

--- The type of service of what is sent, or of IPv6 the traffic class.
-- @treturn integer
-- @raise a system error of `getTypeOfService`
-- @see Node's net: socket.getTypeOfService()
function methods:getTypeOfService()
  errors._checkSelf(self, "socket:getTypeOfService()")
  local handle = tos_handle(self)
  if handle then
    local tos, code, errno = handle:tos()
    if tos then return tos end
    if not IS_WINDOWS then error(errors.system("getTypeOfService", code, errno), 0) end
  end
  return rawget(self, "_tos") or 0
end

local function set_ref_of_attempts(socket, on)
  parallel.set_ref(socket, on)
  local timer = rawget(socket, "_connectTimer")
  if timer then timer[on and "ref" or "unref"](timer) end
end

--- Has an open socket keep `net.run` running (again), as it does from the start.
-- @treturn Socket itself
-- @see Node's net: socket.ref()
function methods:ref()
  self._unrefed = nil
  local handle = self._handle
  if handle then handle:ref() end
  if rawget(self, "connecting") then set_ref_of_attempts(self, true) end
  return self
end

--- Has an open socket keep `net.run` running no longer.
-- @treturn Socket itself
-- @see Node's net: socket.unref()
function methods:unref()
  self._unrefed = true
  local handle = self._handle
  if handle then handle:unref() end
  if rawget(self, "connecting") then set_ref_of_attempts(self, false) end
  return self
end

return settings
