--- net.Socket: a TCP connection, or a connection over a unix domain socket or named pipe. A Duplex.
--
-- The class is read in four files: here a socket is made, connected and destroyed; socket_io.lua reads and writes;
-- socket_settings.lua holds what can be set and what it tells; fast_path.lua knows the shortcuts.
--
-- The state of a connection is in its handle, and in the streams' tables once something out of the ordinary happened; a
-- field that has its default is not there. What all connections of a server have in common, their server, is a field of
-- their metatable. Private fields: `_handle` while there is one; `_writing`, `_shutting`: the
-- callbacks of the write and the shutdown under way; `_closing`: the same of the handles that are closing;
-- `_pendingData`: bytes written before the connection stood; `_noDelay`, `_keepAlive`: set before there was a handle;
-- `_connection`: stands for one connection, from `connect` to the end; `_bytes…`: what the handle had counted when it
-- closed.
--
-- Floor 8.

local EventEmitter = require("uvnet.events")
local args = require("uvnet.net.args")
local attempts = require("uvnet.net.connect_attempts")
local connect = require("uvnet.net.connect")
local class = require("uvnet.base.class")
local core = require("uvnet.core")
local construct = require("uvnet.stream.destroy").construct_beside
local errors = require("uvnet.errors")
local fast = require("uvnet.net.fast_path")
local idle = require("uvnet.runtime.idle")
local settings = require("uvnet.net.socket_settings")
local stream = require("uvnet.stream")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")
local timers = require("uvnet.timers")
local traffic = require("uvnet.net.socket_io")

local Duplex = stream.Duplex

local Socket = Duplex:extend("Socket")

-- See `net.strict`. A socket is made and connected with one table, so each takes what is the other's.
Socket.knownOptions = strict.names([[
  fd handle pauseOnCreate manualStart onread blockList typeOfService
  noDelay keepAlive keepAliveInitialDelay keepAliveInterval keepAliveCount
  port host path localAddress localPort family hints lookup autoSelectFamily autoSelectFamilyAttemptTimeout
  connectTimeout timeout
]])

--- True from `connect` until the connection stands or has failed.
Socket.connecting = false
--- Does the writable side stay open when the peer has ended? `net.createServer`, `net.Socket`.
Socket.allowHalfOpen = false
Socket._listsAllowed = true

local getters = Socket.__getters

-- See fast_path.lua: tables are made when somebody looks.
function getters:_rs()
  fast.make_own_state(self)
  return rawget(self, "_rs")
end

function getters:_ws()
  fast.make_own_state(self)
  return rawget(self, "_ws")
end

--- What the state is while there are no tables.
-- @local
Socket._peekState = fast.peek

for _, part in ipairs({ traffic, settings }) do
  for name, method in pairs(part.methods) do
    Socket[name] = method
  end
end
for name, getter in pairs(settings.getters) do
  getters[name] = getter
end

-- ---- making one ----

local STREAM_OPTIONS = {
  "construct",
  "read",
  "write",
  "writev",
  "final",
  "destroy",
  "highWaterMark",
  "readableHighWaterMark",
  "writableHighWaterMark",
  "defaultEncoding",
  "encoding",
}

local function stream_options(options, has_fd)
  local result
  for _, name in ipairs(STREAM_OPTIONS) do
    if options[name] ~= nil then
      result = result or {}
      result[name] = options[name]
    end
  end
  if has_fd then
    result = result or {}
    result.readable, result.writable = options.readable, options.writable
  end
  return result
end

local function check_options(options)
  settings.check_limits(options)
  for _, name in ipairs({ "objectMode", "readableObjectMode", "writableObjectMode" }) do
    if options[name] then
      errors.throw("ERR_INVALID_ARG_VALUE", "options." .. name, options[name], "is not supported")
    end
  end
  settings.check_keep_alive(options)
  if options.typeOfService ~= nil then settings.check_tos("options.typeOfService", options.typeOfService) end
end

local function open_fd(fd)
  if type(fd) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", "fd", "number", fd) end
  if fd % 1 ~= 0 or fd < 0 or fd > 2147483647 then
    errors.throw("ERR_OUT_OF_RANGE", "fd", fd % 1 ~= 0 and "an integer" or ">= 0 && <= 2147483647", fd)
  end
  local kind = core.fdType(fd)
  if kind ~= "TCP" and kind ~= "PIPE" then errors.throw("ERR_INVALID_FD_TYPE", kind) end
  local handle, code, errno = (kind == "TCP" and core.tcp or core.pipe)()
  local ok = handle
  if handle then
    ok, code, errno = handle:open(fd)
  end
  if not ok then error(errors.system("open", code, errno), 0) end
  return handle
end

-- A BoundSocket becomes this socket's handle.
local function adopt(self, bound)
  local handle, path = bound:_adopt()
  if path then
    -- Bound is not open: only then it can be read and written.
    local ok, code, errno = true, nil, nil
    if handle.fd >= 0 then
      ok, code, errno = handle:open(handle.fd)
    end
    if not ok then
      handle:close()
      error(errors.system("open", code, errno), 0)
    end
  end
  self._bound = path or true
  return handle
end

-- Do sockets that a server has accepted, which are of this class, have a `_construct`?
local accepted_construct = false
class.watch(Socket, "_construct", function(changed, value)
  if changed == Socket then accepted_construct = value ~= nil end
end)

--- Makes a socket: `net.Socket([options])`.
-- @tparam[opt] table|integer options a number is the `fd`
-- @tparam[opt] integer options.fd wraps a TCP socket, unix socket or pipe that is open already
-- @tparam[opt=false] boolean options.allowHalfOpen keeps the writable side when the peer ends
-- @tparam[opt=true] boolean options.readable with `fd`: whether to read
-- @tparam[opt=true] boolean options.writable with `fd`: whether to write
-- @tparam[opt=65536] integer options.highWaterMark bytes that each side holds before it asks to wait
-- @tparam[opt=false] boolean options.noDelay as setNoDelay
-- @tparam[opt=false] boolean options.keepAlive as setKeepAlive, with `keepAliveInitialDelay` (ms),
--   `keepAliveInterval` (ms) and `keepAliveCount`
-- @tparam[opt] integer options.typeOfService as setTypeOfService
-- @tparam[opt] function|table options.onread gets what is read, past the stream, or `{ callback = … }`; false stops it
-- @tparam[opt] BlockList options.blockList addresses that are not connected to
-- @tparam[opt] AbortSignal options.signal destroys the socket
-- @tparam[opt] BoundSocket options.handle where to connect from
-- @raise ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_INVALID_FD_TYPE, a system error of `open`
-- @see Node's net: new net.Socket([options])
function Socket:initialize(options)
  if options == nil then return construct(self) end
  if type(options) == "number" then options = { fd = options } end
  if type(options) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options) end
  strict.check_constructor(self, options)
  check_options(options)
  EventEmitter.initialize(self, options)
  local has_fd = options.fd ~= nil
  local handle = options.handle
  if type(handle) == "table" and handle._adopt then handle = adopt(self, handle) end
  if not handle and has_fd then handle = open_fd(options.fd) end
  if options.allowHalfOpen then self.allowHalfOpen = true end
  local for_streams = stream_options(options, has_fd or handle and (options.readable ~= nil or options.writable ~= nil))
  if for_streams then self:_configure(for_streams) end
  construct(self)
  if options.blockList then self.blockList = options.blockList end
  if options.noDelay then self._noDelay = true end
  if options.keepAlive then self._keepAlive = settings.keep_alive_option(options) end
  if options.typeOfService then self._tos = settings.check_tos("options.typeOfService", options.typeOfService) end
  if options.onread then traffic.install_onread(self, options.onread) end
  if options.signal then settings.obey(self, options.signal) end
  if not handle then return end
  if self.destroyed then
    handle:close()
    return
  end
  self._handle = handle
  handle:attach(self)
  if rawget(self, "_bound") then return end -- it is not connected yet
  rawset(self, "write", self.write)
  fast.update_write(self)
  if options.pauseOnCreate then
    local rs = self._rs
    rs.flowing = false
  elseif not options.manualStart and options.readable ~= false then
    self:read(0)
  end
end

-- A field that anybody may have set since: what is no mark is none.
local function to_count(value)
  local number = value ~= nil and args.toNumber(value)
  return number and number >= 0 and number < math.huge and math.floor(number) or nil
end

-- Of one that may be lazy, the core knows all that is to be known.
local function begin_lazily(self, handle, half_open)
  local ok, code, errno = handle:begin(self, half_open)
  if not ok then self:destroy(errors.system("read", code, errno)) end
  return self
end

local function begin_paused(self)
  local rs = self._rs
  rs.flowing, rs.reading, rs.needReadable, rs.sync = false, nil, nil, nil
  return self
end

--- Makes the socket of a connection that a server has accepted.
-- @param handle
-- @tparam Server server
-- @tparam boolean plain has the server no options for its sockets?
-- @local
function Socket._accepted(handle, server, plain)
  local instance = server._ofSockets
  if not instance then
    instance = class.variant(Socket, { server = server })
    server._ofSockets = instance
  end
  -- `write` is what is asked for most: here it is found without a search in the class.
  local self = { _handle = handle, write = Socket.write, ["_events.data"] = false, ["_events.error"] = false }
  setmetatable(self, instance)
  local lazily = fast.enabled and fast.Socket_is_standard
  if accepted_construct then construct(self) end
  if plain and lazily then return begin_lazily(self, handle, false) end
  if server.allowHalfOpen then rawset(self, "allowHalfOpen", true) end
  if server.noDelay then self:setNoDelay(true) end
  if server.keepAlive then
    self._keepAlive = settings.keep_alive_of_server(server)
    if handle:isTcp() then settings.apply_keep_alive(handle, self._keepAlive) end
  end
  local high_water = to_count(rawget(server, "highWaterMark"))
  if high_water then
    self:_configure({ readableHighWaterMark = high_water, writableHighWaterMark = high_water })
  end
  if lazily and not high_water and not server.pauseOnConnect then
    return begin_lazily(self, handle, self.allowHalfOpen)
  end
  handle:attach(self)
  fast.update_write(self)
  if server.pauseOnConnect then return begin_paused(self) end
  traffic.start(self)
  return self
end

-- ---- connecting ----

local function make_new(self)
  self:_undestroy()
  self._hadError = nil
  self._peername = nil
  self._bytesRead, self._bytesWritten = nil, nil
end

local function make_handle(self, is_pipe)
  local handle, code, errno = (is_pipe and core.pipe or core.tcp)()
  if not handle then error(errors.system("connect", code, errno), 0) end
  handle:attach(self)
  idle.adopt(self, handle, self._handle)
  self._handle = handle
  return handle
end

-- For the next address: the handle of an attempt that failed cannot be used again.
function Socket:_renewHandle()
  local old = self._handle
  make_handle(self, false)
  if old then old:close() end
  if self._unrefed then self._handle:unref() end
end

-- Is it to be destroyed, because the connection that it had before, or what was written meanwhile, cannot be kept?
local function cannot_go_back(self, before, attempt, goes_on)
  return not goes_on and rawget(self, "_unsent") ~= nil or before and rawget(self, "_attempt") ~= attempt
end

-- A socket that says that it is connecting is: where a step raises (for want of memory, by a hook), it is what it was,
-- and can be told to connect again; one that was connecting already goes on with that. True: it is. `before` is the
-- handle that it had. What comes first takes no memory.
local function take_back(self, before, attempt, was_connecting, timer)
  local handle = rawget(self, "_handle")
  if before and handle ~= before then return false end -- it was destroyed meanwhile
  local goes_on = was_connecting and rawget(self, "connecting")
  if not goes_on then self.connecting = nil end
  if cannot_go_back(self, before, attempt, goes_on) then
    self:destroy()
    return false
  end
  settings.stop_connect_timer(self)
  if goes_on then
    settings.start_connect_timer(self, timer and timer._duration)
    return true
  end
  self._connection = nil -- what the call has begun is not for the next one
  if handle ~= before then
    self._handle, self._attempt = nil, nil
    if handle then handle:close() end
  else
    fast.update_write(self)
  end
  return true
end

-- What connect changes.
local function begin_connecting(self, options, listener, begin)
  if listener then self:once("connect", listener) end
  if self.destroyed then
    self._handle, self._bound = nil, nil
    make_new(self)
  end
  if not self._handle then
    make_handle(self, connect.is_path(options.path))
    if self._unrefed then self._handle:unref() end
  else
    fast.close_write(self) -- it may be connected already: what is written waits for the outcome
  end
  idle.refresh(self)
  self.connecting = true
  if not rawget(self, "_connection") then self._connection = { busy = false, step = false } end
  settings.start_connect_timer(self, options.connectTimeout)
  settings.obey(self, options.signal)
  if rawget(self, "connecting") then begin(self) end
end

-- `pcall`, across which a task can wait on Lua 5.1 as well: a `lookup` of the user's own may do so.
local function call(fn, ...)
  local task = ticks.tasks
  return (task and task.pcall or pcall)(fn, ...)
end

--- Initiates a connection: `connect(options[, listener])`, `connect(path[, listener])`, `connect(port[, host][,
-- listener])`.
-- @tparam table|string|integer options options, or a path, or a port
-- @tparam integer options.port for TCP: where to connect to
-- @tparam[opt="localhost"] string options.host
-- @tparam[opt] string options.localAddress an IP address to connect from
-- @tparam[opt] integer options.localPort
-- @tparam[opt] integer options.family 4 or 6; otherwise all addresses are tried in turn
-- @tparam[opt] integer options.hints of `dns.lookup`
-- @tparam[opt] function options.lookup instead of `dns.lookup`: `lookup(host, options, callback)`
-- @tparam[opt] number options.connectTimeout ms that all of it may take: then ERR_SOCKET_CONNECTION_TIMEOUT
-- @tparam[opt] boolean|string options.autoSelectFamily may several addresses be tried? true: one after the other;
--   `"parallel"`: beside each other, as RFC 8305 has it
-- @tparam[opt] integer options.autoSelectFamilyAttemptTimeout ms until the next address is tried
-- @tparam[opt] AbortSignal options.signal destroys the socket
-- @tparam string options.path for IPC: where to connect to; what is TCP's is ignored then
-- @tparam[opt] function listener is added for `connect`, once
-- @treturn Socket itself
-- @raise ERR_MISSING_ARGS, ERR_INVALID_ARG_TYPE, ERR_SOCKET_BAD_PORT, ERR_INVALID_IP_ADDRESS, ERR_OUT_OF_RANGE
-- @see Node's net: socket.connect()
function Socket:connect(...)
  errors._checkSelf(self, "socket:connect(port, host)")
  local options, listener = args.normalize(select("#", ...), ...)
  if options.port == nil and options.path == nil then
    errors.throw("ERR_MISSING_ARGS", { "options", "port", "path" })
  end
  strict.check_constructor(self, options)
  local begin = connect.prepare(options, rawget(self, "_bound") and self._handle)
  local before = rawget(self, "_handle")
  local rs, ws, is_new = rawget(self, "_rs"), rawget(self, "_ws"), not self.destroyed
  local attempt, waits = rawget(self, "_attempt"), rawget(self, "_idle")
  local was_connecting, timer = is_new and rawget(self, "connecting"), rawget(self, "_connectTimer")
  local heard, is_watched = self:listenerCount("connect"), rawget(self, "_unwatch") ~= nil
  local ok, raised = call(begin_connecting, self, options, listener, begin)
  if ok then return self end
  if take_back(self, is_new and before, attempt, was_connecting, timer) then
    if not is_new then
      rawset(self, "_rs", rs)
      rawset(self, "_ws", ws)
    end
    if listener and self:listenerCount("connect") > heard then self:removeListener("connect", listener) end
    if not is_watched and rawget(self, "_unwatch") then settings.release(self) end
    if waits then idle.takeBack(self, waits) end
  end
  error(raised, 0)
end

local UNTOLD = "untold" -- of `_fresh`: nobody has heard `connect`

-- What follows the outcome. It is queued before, too, so that a listener that raises does not keep the socket from
-- reading, nor a setting that cannot be made (there is no memory) those who wait from hearing of the connection.
local begin_reading

function begin_reading(self)
  local fresh = rawget(self, "_fresh")
  if not fresh then return end
  if fresh == UNTOLD then
    self._fresh = true
    ticks.later(begin_reading, self)
    self:emit("connect")
    if not rawget(self, "_fresh") then return end
  end
  self._fresh = nil
  traffic.act_deferred(self)
  self:emit("ready")
  if self._handle and not self:isPaused() then self:read(0) end
end

--- The handle's request to connect has come to its end.
-- @local
function Socket:_onconnected(code, errno)
  if not self.destroyed and attempts.finished(self, code, errno) then self:_connected() end
end

--- The connection stands.
-- @local
function Socket:_connected()
  self.connecting = nil
  settings.stop_connect_timer(self)
  local handle = self._handle
  fast.update_write(self)
  if rawget(self, "write") == nil then rawset(self, "write", self.write) end -- found at once from now on
  self._fresh = UNTOLD
  ticks.later(begin_reading, self)
  settings.apply(self, handle)
  begin_reading(self)
end

-- ---- time ----

--- @local
function Socket:_onidle() self:emit("timeout") end

--- @local
function Socket:_ondeadline()
  if not self.destroyed then self:destroy(errors.coded("ERR_TIMEOUT")) end
end

-- ---- the end ----

local function emit_close(self)
  local had_error = rawget(self, "_hadError") or false
  local unsent = rawget(self, "_unsent")
  if unsent then
    -- Told in its turn among the listeners, but whatever those raise.
    self._unsent = nil
    ticks.later(unsent.on_close)
  end
  self:emit("close", had_error)
end

--- The handle is closed.
-- @local
Socket._onclosed = emit_close

-- A lazy connection is over. Whoever has a listener for `close` hears of it once the handle is closed.
-- @local
function Socket:_onover()
  local handle, server = self._handle, getmetatable(self).server
  if rawget(self, "_idle") then idle.clear(self) end
  if self.write == Socket.write then self.write = nil end -- first: so there is room for the counters
  handle:closeLazily(self)
  server:_disconnected()
end

-- The core has been told of this when the connection began.
class.watch(Socket, "allowHalfOpen", nil, function(self)
  if rawget(self, "_handle") then fast.make_own_state(self) end
end)

--- @local
function Socket:_destroy(err, callback)
  local handle = self._handle
  local read, written, time, name
  if handle then
    -- First of all: whatever fails from here on, the handle is not left open.
    read, written, time = handle:bytes()
    fast.tell_data(self, handle)
    if rawget(self, "_reset") and handle:isTcp() then handle:linger() end -- asked for while another was connecting
    name = handle:close(true)
    self._handle = nil
    -- The class's, put there to be found at once: connected again, it may be another.
    if rawget(self, "write") == getmetatable(self).class.write then rawset(self, "write", nil) end
  end
  if rawget(self, "_connection") then
    self.connecting = nil
    attempts.abandon(self)
    self._connection = nil
    settings.stop_connect_timer(self)
  end
  if rawget(self, "_unwatch") then settings.release(self) end
  if rawget(self, "_deferred") then traffic.forget_deferred(self) end
  idle.clear(self)
  if rawget(self, "_turn") then
    timers.clearImmediate(self._turn)
    self._turn = nil
  end
  if err then self._hadError = true end
  if handle then
    rawset(self, "_bytesRead", read)
    rawset(self, "_bytesWritten", written)
    if time then rawset(self, "timeout", time) end
    if rawget(self, "_reset") then self._reset = nil end
    local write, shut = rawget(self, "_writing"), rawget(self, "_shutting")
    if write or shut then
      local closing = rawget(self, "_closing") or {}
      self._closing = closing
      closing[name] = { _writing = write, _shutting = shut }
      self._writing, self._shutting = nil, nil
    end
    callback(err)
  else
    callback(err)
    ticks.later(emit_close, self)
  end
  local server = getmetatable(self).server
  if server and not rawget(self, "_left") then
    rawset(self, "_left", true) -- reconnected, it is no connection of that server
    server:_disconnected()
  end
end

--- Gives its handle away: to another process. Here the socket is closed, without `end`.
-- @local
-- @treturn userdata
function Socket:_detach()
  local handle = self._handle
  fast.close_read(self)
  fast.close_write(self)
  handle:readStop()
  local read, written = handle:bytes()
  rawset(self, "_bytesRead", read)
  rawset(self, "_bytesWritten", written)
  self._handle = nil
  handle:attach({ _onclosed = function() end })
  self:destroy()
  return handle
end

--- Ends the connection with RST instead of FIN. Not for IPC.
-- @treturn Socket itself
-- @raise ERR_INVALID_HANDLE_TYPE
function Socket:resetAndDestroy()
  errors._checkSelf(self, "socket:resetAndDestroy()")
  local handle = self._handle
  if not handle then return self:destroy(errors.coded("ERR_SOCKET_CLOSED")) end
  if not handle:isTcp() then errors.throw("ERR_INVALID_HANDLE_TYPE") end
  local function reset()
    self._reset = true
    self:destroy()
  end
  if rawget(self, "connecting") then
    self:once("connect", reset)
  else
    reset()
  end
  return self
end

--- Ends the writable side, and destroys the socket once all is written.
function Socket:destroySoon()
  if type(self) ~= "table" then errors._checkSelf(self, "socket:destroySoon()") end
  if self.writable then self:finish() end
  if self.writableFinished then
    self:destroy()
  else
    self:once("finish", function() self:destroy() end)
  end
end

--- On Lua 5.4, `local socket <close> = …` destroys the socket at the block's end.
function Socket.__instance.__close(self) self:destroy() end

fast.watch(Socket, core.open_objects)

return Socket
