--- net.Socket: a TCP connection, or a connection over a unix domain socket or named pipe. A Duplex.
--
-- The state of a connection is in its handle, and in the streams' tables once something out of the ordinary happened; a
-- field that has its default is not there. Private fields: `_handle` while there is one; `_writing`, `_shutting`: the
-- callbacks of the write and the shutdown under way; `_closing`: the same of the handle that is closing; `_pendingData`:
-- bytes written before the connection stood; `_noDelay`, `_keepAlive`: set before there was a handle; `_connection`: stands for one
-- connection, from `connect` to the end; `_bytes…`: what the handle had counted when it closed.
--
-- Floor 7.

local EventEmitter = require("uvnet.events")
local after_write = require("uvnet.stream.after_write")
local args = require("uvnet.args")
local connect = require("uvnet.connect")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local fold = require("uvnet.fold")
local idle = require("uvnet.idle")
local lanes = require("uvnet.lanes")
local stream = require("uvnet.stream")
local ticks = require("uvnet.ticks")
local timers = require("uvnet.timers")
local write_queue = require("uvnet.stream.write_queue")

local Duplex = stream.Duplex

local Socket = Duplex:extend("Socket")

--- True from `connect` until the connection stands or has failed.
Socket.connecting = false
--- Does the writable side stay open when the peer has ended? `net.createServer`, `net.Socket`.
Socket.allowHalfOpen = false
Socket._listsAllowed = true
Socket._folded = true

local getters = Socket.__getters

-- See fold.lua: tables are made when somebody looks.
function getters:_rs()
  fold.unfold(self)
  return rawget(self, "_rs")
end

function getters:_ws()
  fold.unfold(self)
  return rawget(self, "_ws")
end

-- ---- making one ----

local STREAM_OPTIONS = { "highWaterMark", "readableHighWaterMark", "writableHighWaterMark", "defaultEncoding", "encoding" }

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
  for _, name in ipairs({ "objectMode", "readableObjectMode", "writableObjectMode" }) do
    if options[name] then
      errors.throw("ERR_INVALID_ARG_VALUE", "options." .. name, options[name], "is not supported")
    end
  end
  local delay = options.keepAliveInitialDelay
  if delay ~= nil and type(delay) ~= "number" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options.keepAliveInitialDelay", "number", delay)
  end
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

local function keep_alive_seconds(ms)
  ms = tonumber(ms) or 0
  if not (ms > 0 and ms < 2147483648000) then return 0 end
  return math.floor(ms / 1000)
end

local function start_reading(self)
  local handle = self._handle
  if not handle then return end
  local ok, code, errno = handle:readStart()
  if not ok then self:destroy(errors.system("read", code, errno)) end
end

--- Makes a socket: `net.Socket([options])`.
-- @tparam[opt] table|integer options a number is the `fd`
-- @tparam[opt] integer options.fd wraps a TCP socket, unix socket or pipe that is open already
-- @tparam[opt=false] boolean options.allowHalfOpen keeps the writable side when the peer ends
-- @tparam[opt=true] boolean options.readable with `fd`: whether to read
-- @tparam[opt=true] boolean options.writable with `fd`: whether to write
-- @tparam[opt=16384] integer options.highWaterMark bytes that each side holds before it asks to wait
-- @tparam[opt=false] boolean options.noDelay as setNoDelay
-- @tparam[opt=false] boolean options.keepAlive as setKeepAlive, with `keepAliveInitialDelay` (ms)
-- @raise ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_INVALID_FD_TYPE, a system error of `open`
-- @see Node's net: new net.Socket([options])
function Socket:initialize(options)
  if options == nil then return end
  if type(options) == "number" then options = { fd = options } end
  if type(options) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options) end
  check_options(options)
  local has_fd = options.fd ~= nil
  local handle = options.handle
  if not handle and has_fd then handle = open_fd(options.fd) end
  if options.allowHalfOpen then self.allowHalfOpen = true end
  local for_streams = stream_options(options, has_fd)
  if for_streams then self:_configure(for_streams) end
  if options.noDelay then self._noDelay = true end
  if options.keepAlive then
    self._keepAlive = true
    self._keepAliveDelay = keep_alive_seconds(options.keepAliveInitialDelay)
  end
  if not handle then return end
  self._handle = handle
  handle:attach(self)
  lanes.update_write(self)
  if options.pauseOnCreate then
    local rs = self._rs
    rs.flowing = false
  elseif not options.manualStart and options.readable ~= false then
    self:read(0)
  end
end

--- Makes the socket of a connection that a server has accepted.
-- @local
function Socket.accepted(handle, server)
  -- `write` is what is asked for most: here it is found without a search in the class.
  local self = setmetatable({ _handle = handle, _server = server, write = Socket.write }, Socket.__instance)
  handle:attach(self)
  if server.allowHalfOpen then self.allowHalfOpen = true end
  local high_water = rawget(server, "highWaterMark")
  if high_water then
    self:_configure({ readableHighWaterMark = high_water, writableHighWaterMark = high_water })
  end
  if server.noDelay then self:setNoDelay(true) end
  if server.keepAlive then
    self._keepAlive = true
    self._keepAliveDelay = keep_alive_seconds(server.keepAliveInitialDelay)
    handle:keepalive(true, self._keepAliveDelay)
  end
  if lanes.enabled then handle:directWrite(true) end
  if server.pauseOnConnect then
    self._rs.flowing = false
  else
    start_reading(self)
  end
  return self
end

-- ---- connecting ----

-- What a socket that was destroyed keeps when it is used again: its settings, and who listens and is piped to.
local KEPT = {}
for _, name in ipairs({
  "highWaterMark", "decodeStrings", "defaultEncoding", "noEmitClose", "noAutoDestroy", "decoder", "encoding", "flowing",
  "paused", "dataListening", "readableListening", "pipes", "awaitDrain", "manyAwaitDrain", "dataEmitted", "corked",
}) do
  KEPT[name] = true
end

local function forget(side)
  if not side then return end
  for name in pairs(side) do
    if not KEPT[name] then side[name] = nil end
  end
end

local function make_new(self)
  forget(rawget(self, "_rs"))
  forget(rawget(self, "_ws"))
  self._hadError = nil
  self._peername = nil
  self._bytesRead, self._bytesWritten = nil, nil
end

local function make_handle(self, is_pipe)
  local handle, code, errno = (is_pipe and core.pipe or core.tcp)()
  if not handle then error(errors.system("connect", code, errno), 0) end
  handle:attach(self)
  self._handle = handle
  return handle
end

-- For the next address: the handle of an attempt that failed cannot be used again.
function Socket:_renewHandle()
  local old = self._handle
  if old then old:close() end
  make_handle(self, false)
  if self._unrefed then self._handle:unref() end
end

--- Initiates a connection: `connect(options[, listener])`, `connect(path[, listener])`, `connect(port[, host][, listener])`.
-- @tparam table|string|integer options options, or a path, or a port
-- @tparam integer options.port for TCP: where to connect to
-- @tparam[opt="localhost"] string options.host
-- @tparam[opt] string options.localAddress an IP address to connect from
-- @tparam[opt] integer options.localPort
-- @tparam[opt] integer options.family 4 or 6; otherwise all addresses are tried in turn
-- @tparam[opt] integer options.hints of `dns.lookup`
-- @tparam[opt] function options.lookup instead of `dns.lookup`: `lookup(host, options, callback)`
-- @tparam string options.path for IPC: where to connect to; the others are ignored then
-- @tparam[opt] function listener is added for `connect`, once
-- @treturn Socket itself
-- @raise ERR_MISSING_ARGS, ERR_INVALID_ARG_TYPE, ERR_SOCKET_BAD_PORT, ERR_INVALID_IP_ADDRESS, ERR_OUT_OF_RANGE
-- @see Node's net: socket.connect()
function Socket:connect(...)
  local options, listener = args.normalize(select("#", ...), ...)
  if options.port == nil and options.path == nil then
    errors.throw("ERR_MISSING_ARGS", { "options", "port", "path" })
  end
  local begin = connect.prepare(options)
  if listener then self:once("connect", listener) end
  if self.destroyed then
    self._handle = nil
    make_new(self)
  end
  if not self._handle then
    make_handle(self, options.path ~= nil)
    if self._unrefed then self._handle:unref() end
  end
  idle.refresh(self)
  self.connecting = true
  if not rawget(self, "_connection") then self._connection = {} end
  begin(self)
  return self
end

-- Does something once the connection stands: in its turn among the listeners for `connect`, but whatever those raise.
local function when_connected(self, action, argument)
  local done = false
  local function act()
    if done then return end
    done = true
    action(self, argument)
  end
  self:once("connect", act)
  local deferred = rawget(self, "_deferred") or {}
  self._deferred = deferred
  deferred[#deferred + 1] = act
  return act
end

local function act_deferred(self)
  local deferred = rawget(self, "_deferred")
  self._deferred = nil
  for i = 1, deferred and #deferred or 0 do
    self:removeListener("connect", deferred[i])
    deferred[i]()
  end
end

-- What follows `connect`. It is queued before, too, so that a listener that raises does not keep the socket from reading.
local function begin_reading(self)
  if not rawget(self, "_fresh") then return end
  self._fresh = nil
  act_deferred(self)
  self:emit("ready")
  if self._handle and not self:isPaused() then self:read(0) end
end

core.hook("connected", function(self, code, errno)
  if self.destroyed or not connect.finished(self, code, errno) then return end
  self.connecting = nil
  local handle = self._handle
  if rawget(self, "_noDelay") and handle:isTcp() then handle:nodelay(true) end
  if rawget(self, "_keepAlive") and handle:isTcp() then handle:keepalive(true, self._keepAliveDelay) end
  lanes.update_write(self)
  if rawget(self, "write") == nil then self.write = self.write end -- found at once from now on
  self._fresh = true
  ticks.later(begin_reading, self)
  self:emit("connect")
  begin_reading(self)
end)

-- ---- reading ----

--- @local
function Socket:_read()
  if rawget(self, "connecting") or not self._handle then
    when_connected(self, self._read)
  else
    start_reading(self)
  end
end

local write

core.hook("read", function(self, chunk, code, errno)
  if chunk then
    local handle = self._handle
    if self:push(chunk) then
      lanes.update_read(self, write)
    elseif self._handle == handle and handle then
      lanes.close_read(self)
      local ok
      ok, code, errno = handle:readStop()
      if not ok then self:destroy(errors.system("read", code, errno)) end
    end
  elseif code ~= "EOF" then
    self:destroy(errors.system("read", code, errno))
  elseif not fold.ended(self) and not self.readableEnded then
    self:push(nil)
    self:read(0)
  end
end)

-- What could be observed closes the lanes first.

--- Stops reading: no more `data` until `resume`.
-- @treturn Socket itself
-- @see Node's net: socket.pause()
function Socket:pause()
  lanes.close_read(self)
  return Duplex.pause(self)
end

--- Has `data` come as text in an encoding.
-- @tparam[opt="utf8"] string encoding
-- @treturn Socket itself
-- @raise ERR_UNKNOWN_ENCODING
-- @see Node's net: socket.setEncoding([encoding])
function Socket:setEncoding(encoding)
  Duplex.setEncoding(self, encoding)
  lanes.close_read(self)
  return self
end

function Socket:on(event, listener)
  if event == "data" then
    if type(listener) == "function" and fold.flow(self, Socket) then
      return EventEmitter.on(self, event, listener)
    end
    lanes.close_read(self)
  elseif event == "readable" then
    lanes.close_read(self)
  else
    return EventEmitter.on(self, event, listener)
  end
  return Duplex.on(self, event, listener)
end

function Socket:prependListener(event, listener)
  if event == "data" or event == "readable" then lanes.close_read(self) end
  return Duplex.prependListener(self, event, listener)
end

function Socket:unpipe(target)
  lanes.close_read(self)
  return Duplex.unpipe(self, target)
end

-- ---- writing ----

-- The peer has ended, and so we have, too: an error that says so is better than "write after end".
local function write_after_fin(self, encoding, callback)
  local err = errors("This socket has been ended by the other party", { code = "EPIPE" })
  if type(encoding) == "function" then callback = encoding end
  if type(callback) == "function" then ticks.nextTick(callback, err) end
  self:destroy(err)
  return false
end

local function write_slowly(self, data, encoding, callback)
  if self.writableEnded and self.readableEnded and not self.allowHalfOpen then
    return write_after_fin(self, encoding, callback)
  end
  local more = Duplex.write(self, data, encoding, callback)
  if rawget(self, "_over") then
    self._over = nil
    self:_waitForTurn()
    more = false
  end
  lanes.update_write(self)
  return more
end

-- The kernel has had enough for one callback: whoever writes is to wait for `drain`, in the next turn of the loop.
local function drain(self)
  self._turn = nil
  self:drain()
end

function Socket:_waitForTurn()
  self:needDrain()
  if not rawget(self, "_turn") then self._turn = timers.setImmediate(drain, self) end
  return false
end

-- The core has queued what the system did not take.
local function write_queued(self, bytes, callback)
  local ws = self._ws
  local more
  self._writing, more = write_queue.begin_outside(self, ws, bytes)
  ws.writecb = callback
  return more
end

-- The system has taken a write at once: its callback is called in a tick. Until then the socket does not finish.
local function tell(self, callback)
  local ws = self._ws
  ws.pendingcb = (ws.pendingcb or 1) - 1
  if ws.ending then ticks.later(after_write.finish_maybe, self, ws) end
  callback(ws.errored)
end

local function told(self, callback)
  local ws = self._ws
  ws.pendingcb = (ws.pendingcb or 0) + 1
  ticks.later(tell, self, callback)
end

--- Sends data: `write(data[, encoding][, callback])`.
-- @function Socket:write
-- @tparam string|{string,...} data bytes, or a list of strings that is sent in one go
-- @tparam[opt="utf8"] string encoding what text is turned into
-- @tparam[opt] function callback called with an error or nil, once the data is written out
-- @treturn boolean true if the system has it all, or less than the high-water mark is queued; false: wait for `drain`
-- @raise ERR_INVALID_ARG_TYPE, ERR_STREAM_NULL_VALUES, ERR_UNKNOWN_ENCODING
-- @see Node's net: socket.write(data[, encoding][, callback])
write = core.directWrite(write_slowly, Socket._waitForTurn, write_queued, told)
Socket.write = write

local function send_pending(self, pending)
  self:removeListener("close", pending.on_close)
  self:_send(pending.data, pending.callback)
end

local function write_when_connected(self, data, callback)
  self._pendingData = true
  local pending, act = { data = data, callback = callback }, nil
  function pending.on_close()
    self:removeListener("connect", act)
    callback(errors.coded("ERR_SOCKET_CLOSED_BEFORE_CONNECTION"))
  end
  act = when_connected(self, send_pending, pending)
  self:once("close", pending.on_close)
end

--- @local
function Socket:_send(data, callback)
  if rawget(self, "connecting") then
    write_when_connected(self, data, callback)
    return
  end
  self._pendingData = nil
  local handle = self._handle
  if not handle then
    callback(errors.coded("ERR_SOCKET_CLOSED"))
    return
  end
  idle.refresh(self)
  local done, code, errno = handle:write(data)
  if done then
    if code then self._over = true end
    callback()
  elseif done == false then
    self._writing = callback
  else
    callback(errors.system("write", code, errno))
  end
end

--- @local
function Socket:_write(chunk, _, callback) self:_send(chunk, callback) end

--- @local
function Socket:_writev(entries, callback)
  local list = {}
  for _, entry in ipairs(entries) do
    if type(entry.chunk) == "table" then
      for _, part in ipairs(entry.chunk) do
        list[#list + 1] = part
      end
    else
      list[#list + 1] = entry.chunk
    end
  end
  self:_send(list, callback)
end

-- The callback of a request: its handle may have been closed meanwhile, and the socket may have got another.
local function take_callback(self, is_closing, name)
  local owner = self
  if is_closing then owner = rawget(self, "_closing") end
  local callback = owner and rawget(owner, name)
  if callback then owner[name] = nil end
  return callback
end

core.hook("written", function(self, is_closing, code, errno)
  local callback = take_callback(self, is_closing, "_writing")
  if not callback then return end
  if is_closing or not code then
    callback()
  else
    callback(errors.system("write", code, errno))
  end
  lanes.update_write(self)
end)

core.hook("shutdown", function(self, is_closing)
  if not is_closing and fold.shut(self) then return end
  local callback = take_callback(self, is_closing, "_shutting")
  if callback then callback() end
end)

--- @local
function Socket:_final(callback)
  if self.pending then
    when_connected(self, self._final, callback)
    return
  end
  local handle = self._handle
  if not handle then return callback() end
  local ok, code, errno = handle:shutdown()
  if ok then
    self._shutting = callback
  elseif code == "ENOTCONN" then
    callback()
  else
    callback(errors.system("shutdown", code, errno))
  end
end

--- Half-closes the socket: sends FIN behind what is written. It is Node's `end`, which is a reserved word in Lua; it is
-- also there as `socket["end"]`.
-- @tparam[opt] string|{string,...} data to be sent first
-- @tparam[opt] string encoding
-- @tparam[opt] function callback called with an error or nil, when all has been sent
-- @treturn Socket itself
-- @raise ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING
-- @see Node's net: socket.end([data][, encoding])
function Socket:finish(data, encoding, callback)
  lanes.close_write(self)
  return Duplex.finish(self, data, encoding, callback)
end
Socket["end"] = function(self, ...) return self:finish(...) end

function Socket:cork()
  lanes.close_write(self)
  return Duplex.cork(self)
end

function Socket:uncork()
  Duplex.uncork(self)
  lanes.update_write(self)
end

function Socket:setDefaultEncoding(encoding)
  Duplex.setDefaultEncoding(self, encoding)
  lanes.update_write(self)
  return self
end

-- ---- the end ----

local function emit_close(self)
  local had_error = rawget(self, "_hadError") or false
  self:emit("close", had_error)
end

core.hook("closed", emit_close)

--- @local
function Socket:_destroy(err, callback)
  local handle = self._handle
  local read, written
  if handle then
    -- First of all: whatever fails from here on, the handle is not left open.
    read, written = handle:bytes()
    if rawget(self, "_reset") then handle:linger() end
    handle:close(true)
    self._handle = nil
  end
  self.connecting = nil
  connect.abandon(self)
  self._connection, self._deferred = nil, nil
  idle.clear(self)
  if rawget(self, "_turn") then
    timers.clearImmediate(self._turn)
    self._turn = nil
  end
  self._hadError = err and true or nil
  if handle then
    self._bytesRead, self._bytesWritten = read, written
    self._reset = nil
    local writing, shutting = rawget(self, "_writing"), rawget(self, "_shutting")
    if writing or shutting then
      self._closing = { _writing = writing, _shutting = shutting }
      self._writing, self._shutting = nil, nil
    end
    callback(err)
  else
    callback(err)
    ticks.later(emit_close, self)
  end
  local server = rawget(self, "_server")
  if server and not rawget(self, "_left") then
    self._left = true -- reconnected, it is no connection of that server
    server:_disconnected()
  end
end

--- Ends the connection with RST instead of FIN. Not for IPC.
-- @treturn Socket itself
-- @raise ERR_INVALID_HANDLE_TYPE
function Socket:resetAndDestroy()
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
  if self.writable then self:finish() end
  if self.writableFinished then
    self:destroy()
  else
    self:once("finish", function() self:destroy() end)
  end
end

--- On Lua 5.4, `local socket <close> = …` destroys the socket at the block's end.
function Socket.__instance.__close(self) self:destroy() end

-- ---- settings ----

--- Has `timeout` emitted when there was no traffic for a time. It does not end the connection.
-- @function Socket:setTimeout
-- @tparam number timeout ms; 0 for none
-- @tparam[opt] function callback is added as a listener for `timeout`, once
-- @treturn Socket itself
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
-- @see Node's net: socket.setTimeout(timeout[, callback])
Socket.setTimeout = idle.setTimeout

--- Turns Nagle's algorithm off: small writes are sent at once.
-- @tparam[opt=true] boolean noDelay
-- @treturn Socket itself
-- @see Node's net: socket.setNoDelay([noDelay])
function Socket:setNoDelay(noDelay)
  noDelay = noDelay == nil or (noDelay and true or false)
  local handle = self._handle
  if handle and not rawget(self, "connecting") and handle:isTcp() and noDelay ~= (rawget(self, "_noDelay") or false) then
    handle:nodelay(noDelay)
  end
  self._noDelay = noDelay or nil
  return self
end

--- Has the system probe an idle connection.
-- @tparam[opt=false] boolean enable
-- @tparam[opt=0] number initialDelay ms before the first probe, in whole seconds; 0 leaves the system's value
-- @treturn Socket itself
-- @see Node's net: socket.setKeepAlive([enable][, initialDelay])
function Socket:setKeepAlive(enable, initialDelay)
  enable = enable and true or false
  local delay = keep_alive_seconds(initialDelay)
  local handle = self._handle
  local changed = enable ~= (rawget(self, "_keepAlive") or false)
    or (enable and delay ~= (rawget(self, "_keepAliveDelay") or 0))
  if handle and not rawget(self, "connecting") and handle:isTcp() and changed then handle:keepalive(enable, delay) end
  self._keepAlive = enable or nil
  self._keepAliveDelay = enable and delay or nil
  return self
end

--- Has an open socket keep `net.run` running (again), as it does from the start.
-- @treturn Socket itself
-- @see Node's net: socket.ref()
function Socket:ref()
  self._unrefed = nil
  local handle = self._handle
  if handle then handle:ref() end
  return self
end

--- Has an open socket keep `net.run` running no longer.
-- @treturn Socket itself
-- @see Node's net: socket.unref()
function Socket:unref()
  self._unrefed = true
  local handle = self._handle
  if handle then handle:unref() end
  return self
end

-- ---- names and numbers ----

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
function Socket:address() return sockname(self) end

function getters:localAddress() return sockname(self).address end
function getters:localPort() return sockname(self).port end
function getters:localFamily() return sockname(self).family end
function getters:remoteAddress() return peername(self).address end
function getters:remotePort() return peername(self).port end
function getters:remoteFamily() return peername(self).family end

function getters:pending() return not self._handle or self.connecting end

function getters:readyState()
  if self.connecting then return "opening" end
  local readable, writable = self.readable, self.writable
  if readable and writable then return "open" end
  if readable then return "readOnly" end
  return writable and "writeOnly" or "closed"
end

--- The server that has accepted the connection, or nil.
function getters:server() return rawget(self, "_server") end

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

return Socket
