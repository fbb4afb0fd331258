--- What can be set of a socket: timeout, Nagle's algorithm, keep-alive, ref and unref.
--
-- Floor 7.

local errors = require("uvnet.errors")
local idle = require("uvnet.runtime.idle")
local parallel = require("uvnet.net.connect_parallel")
local to_number = require("uvnet.base.plain").toNumber

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
-- @tparam[opt] function callback is added as a listener for `timeout`, once
-- @treturn Socket itself
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
-- @see Node's net: socket.setTimeout(timeout[, callback])
methods.setTimeout = idle.setTimeout

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

--- Has the system probe an idle connection.
-- @tparam[opt=false] boolean enable
-- @tparam[opt=0] number initialDelay ms before the first probe, in whole seconds; 0 leaves the system's value
-- @treturn Socket itself
-- @see Node's net: socket.setKeepAlive([enable][, initialDelay])
function methods:setKeepAlive(enable, initialDelay)
  errors._checkSelf(self, "socket:setKeepAlive(true)")
  enable = enable and true or false
  local delay = settings.keep_alive_seconds(initialDelay)
  local handle = self._handle
  local changed = enable ~= (rawget(self, "_keepAlive") or false)
    or (enable and delay ~= (rawget(self, "_keepAliveDelay") or 0))
  if handle and not rawget(self, "connecting") and handle:isTcp() and changed then handle:keepalive(enable, delay) end
  self._keepAlive = enable or nil
  self._keepAliveDelay = enable and delay or nil
  return self
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
