--- What can be set of a socket, and what it tells of itself: timeout, Nagle's algorithm, keep-alive, ref and unref; the
-- addresses of both ends, its state, its counters; what ends it from outside.
--
-- Private fields of the socket: `_signal`, `_unwatch`: whom it obeys, and how that ends; `_connectTimer`.
--
-- Floor 7.

local abort = require("uvnet.base.abort")
local errors = require("uvnet.errors")
local fast = require("uvnet.net.fast_path")
local idle = require("uvnet.runtime.idle")
local timers = require("uvnet.timers")
local to_number = require("uvnet.base.plain").toNumber

local IS_WINDOWS = package and package.config:sub(1, 1) == "\\"

local MOST_PROBES = 127 -- that Linux takes

local settings = { methods = {}, getters = {} }
local methods, getters = settings.methods, settings.getters

--- Is a field, if it is there, a number?
-- @raise ERR_INVALID_ARG_TYPE
function settings.check_number(options, name)
  local value = options[name]
  if value ~= nil and type(value) ~= "number" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options." .. name, "number", value)
  end
end

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

--- Checks what the options of a socket or a server say of keep-alive.
-- @raise ERR_INVALID_ARG_TYPE
function settings.check_keep_alive(options)
  for _, name in ipairs({ "keepAliveInitialDelay", "keepAliveInterval", "keepAliveCount" }) do
    settings.check_number(options, name)
  end
end

local function apply_keep_alive(handle, wanted)
  handle:keepalive(wanted.on, wanted.delay, wanted.interval, wanted.count)
end

--- What the options of a socket, or the fields of a server, say of keep-alive.
function settings.keep_alive_option(options)
  return keep_alive_of(true, options.keepAliveInitialDelay, options.keepAliveInterval, options.keepAliveCount)
end

local last = {} -- what a server had for its sockets

--- The same of a server: its sockets share what it says.
function settings.keep_alive_of_server(server)
  local delay, interval, count = server.keepAliveInitialDelay, server.keepAliveInterval, server.keepAliveCount
  if not last.setting or last.delay ~= delay or last.interval ~= interval or last.count ~= count then
    last = { delay = delay, interval = interval, count = count, setting = settings.keep_alive_option(server) }
  end
  return last.setting
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
  local plan = rawget(socket, "_plan")
  if plan and plan.set_ref then plan.set_ref(plan, on) end
  local timer = rawget(socket, "_connectTimer")
  if timer then timer[on and "ref" or "unref"](timer) end
end

--- Has an open socket keep `net.run` running (again), as it does from the start.
-- @treturn Socket itself
-- @see Node's net: socket.ref()
function methods:ref()
  errors._checkSelf(self, "socket:ref()")
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
  errors._checkSelf(self, "socket:unref()")
  self._unrefed = true
  local handle = self._handle
  if handle then handle:unref() end
  if rawget(self, "connecting") then set_ref_of_attempts(self, false) end
  return self
end

-- ---- what it tells ----

local function name(address, port, family)
  if not address or not port then return {} end
  return { address = address, port = port, family = family }
end

local function sockname(self)
  local handle = self._handle
  if not handle or not handle:isTcp() then return {} end
  return name(handle:sockname())
end

local function peername(self)
  local known = rawget(self, "_peername")
  if known then return known end
  local handle = self._handle
  if not handle or rawget(self, "connecting") or not handle:isTcp() then return {} end
  local peer = name(handle:peername())
  if peer.address then self._peername = peer end
  return peer
end

--- The socket's own end.
-- @treturn table `{ port = …, family = "IPv4" or "IPv6", address = … }`, or `{}` where there is none
-- @see Node's net: socket.address()
function methods:address()
  errors._checkSelf(self, "socket:address()")
  return sockname(self)
end

function getters:localAddress()
  local path = rawget(self, "_bound")
  if type(path) == "string" and self._handle then return path end
  return sockname(self).address
end

function getters:localPort() return sockname(self).port end
function getters:localFamily() return sockname(self).family end
function getters:remoteAddress() return peername(self).address end
function getters:remotePort() return peername(self).port end
function getters:remoteFamily() return peername(self).family end

local function end_text(address, port, family)
  if not address or not port then return nil end
  return (family == "IPv6" and "[%s]:%d" or "%s:%d"):format(address, port)
end

local function ends_text(self, handle)
  if not handle:isTcp() then
    local server = getmetatable(self).server
    local path = server and rawget(server, "_path")
    return path and "pipe " .. path or "pipe"
  end
  local ours, theirs = end_text(handle:sockname()), end_text(handle:peername())
  return (ours or "?") .. (getmetatable(self).server and " <- " or " -> ") .. (theirs or "?")
end

-- What `tostring` shows.
function methods:_describe()
  if rawget(self, "connecting") then return "connecting" end
  local handle = rawget(self, "_handle")
  if not handle then return self.destroyed and "closed" or "not connected" end
  local text, state = ends_text(self, handle), self.readyState
  if state == "open" then return text end
  return text .. ", " .. (state == "closed" and "closing" or state)
end

function getters:pending() return not self._handle or self.connecting end

-- Node's old name of `connecting`.
function getters:_connecting() return self.connecting end

function getters:readyState()
  if self.connecting then return "opening" end
  local readable, writable = self.readable, self.writable
  if readable and writable then return "open" end
  if readable then return "readOnly" end
  return writable and "writeOnly" or "closed"
end

function getters:readableDidRead()
  local handle = rawget(self, "_handle")
  local rs = rawget(self, "_rs")
  return rs and rs.dataEmitted or handle ~= nil and fast.has_read(handle) or fast.closed_after_reading(self)
end

--- The server that has accepted the connection, or nil.
function getters:server() return getmetatable(self).server end

-- What `setTimeout` has set; nil where it has not.
function getters:timeout()
  local handle = self._handle
  return handle and handle:idle()
end

function getters:bufferSize() return self._handle and self.writableLength or 0 end

function getters:bytesRead()
  local handle = self._handle
  if handle then return (handle:bytes()) end
  return rawget(self, "_bytesRead") or 0
end

function getters:bytesWritten()
  local handle = self._handle
  local given
  if handle then
    given = select(2, handle:bytes())
  else
    given = rawget(self, "_bytesWritten") or 0
  end
  local ws = rawget(self, "_ws")
  if not ws then return given end
  -- What is queued counts; of what is being written, the handle knows.
  local queued = ws.length or 0
  if ws.writing and not rawget(self, "_pendingData") then queued = queued - ws.writelen end
  return given + queued
end

-- ---- what ends it from outside: a signal, the time that connecting may take, a list of blocked addresses ----

-- A net.BlockList, known by its rules: its class is loaded by those who have one.
local function is_block_list(value)
  return type(value) == "table" and type(rawget(value, "_rules")) == "userdata" and type(value.check) == "function"
end

--- Checks the options of this file, of a socket or a server.
-- @raise ERR_INVALID_ARG_TYPE
function settings.check_limits(options)
  abort.check(options.signal, "options.signal")
  local list = options.blockList
  if list and not is_block_list(list) then
    errors.throw("ERR_INVALID_ARG_TYPE", "options.blockList", "net.BlockList", list)
  end
end

--- Has a signal destroy the socket, until that is destroyed anyhow.
function settings.obey(socket, signal)
  if signal == nil or rawget(socket, "_signal") == signal then return end
  if signal.aborted then
    socket:destroy(abort.error(signal))
    return
  end
  local before = rawget(socket, "_unwatch")
  local stop = abort.watch(signal, function() socket:destroy(abort.error(signal)) end)
  socket._signal = signal
  socket._unwatch = before and function()
    before()
    stop()
  end or stop
end

--- The socket is being destroyed: it obeys nobody any more.
function settings.release(socket)
  local unwatch = socket._unwatch
  socket._unwatch, socket._signal = nil, nil
  unwatch()
end

-- One that was forgotten, because `connect` was broken off, is not for the next connection.
local function connect_timed_out(socket, connection)
  if rawget(socket, "_connection") ~= connection then return end
  socket._connectTimer = nil
  if rawget(socket, "connecting") then socket:destroy(errors.coded("ERR_SOCKET_CONNECTION_TIMEOUT")) end
end

--- Connecting is over.
function settings.stop_connect_timer(socket)
  local timer = rawget(socket, "_connectTimer")
  if not timer then return end
  timers.clearTimeout(timer)
  socket._connectTimer = nil
end

--- Connecting begins: it may take so many ms; nil or 0 for as many as it likes.
function settings.start_connect_timer(socket, ms)
  settings.stop_connect_timer(socket)
  if not ms or ms == 0 then return end
  socket._connectTimer = timers.setTimeout(connect_timed_out, ms, socket, socket._connection)
  if rawget(socket, "_unrefed") then socket._connectTimer:unref() end
end

return settings
