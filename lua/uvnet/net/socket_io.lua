--- What goes in and out of a socket: how it is read and written over its handle, and what waits until the connection
-- stands.
--
-- Floor 7.

local EventEmitter = require("uvnet.events")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local fast = require("uvnet.net.fast_path")
local idle = require("uvnet.runtime.idle")
local is_callable = require("uvnet.base.callable")
local stream = require("uvnet.stream")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")
local timers = require("uvnet.timers")
local waiters = require("uvnet.stream.waiters")
local write_queue = require("uvnet.stream.write_queue")

local Duplex = stream.Duplex
local listens_for = Duplex._listensFor

local traffic = { methods = {} }
local methods = traffic.methods

-- ---- until the connection stands ----

--- Does something once the connection stands: in its turn among the listeners for `connect`, but whatever those raise.
function traffic.when_connected(self, action, argument)
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

--- The connection stands: does what is left of it.
function traffic.act_deferred(self)
  local deferred = rawget(self, "_deferred")
  self._deferred = nil
  for i = 1, deferred and #deferred or 0 do
    self:removeListener("connect", deferred[i])
    deferred[i]()
  end
end

--- The connection will not stand: nothing waits for it any more, lest it happen to the next one.
function traffic.forget_deferred(self)
  local deferred = rawget(self, "_deferred")
  self._deferred = nil
  for i = 1, deferred and #deferred or 0 do
    self:removeListener("connect", deferred[i])
  end
end

-- ---- reading ----

--- Has the handle read.
local function start(self)
  local handle = self._handle
  if not handle then return end
  local ok, code, errno = handle:readStart()
  if not ok then self:destroy(errors.system("read", code, errno)) end
end
traffic.start = start

--- @local
function methods:_read()
  if rawget(self, "connecting") or not self._handle then
    traffic.when_connected(self, self._read)
  else
    start(self)
  end
end

local is_standard = fast.is_standard

-- Could somebody tell that a chunk does not go through the streams?
local function can_hand_over(self)
  if not fast.enabled or not is_standard(self) then return false end
  local rs = rawget(self, "_rs")
  return not rs or not (rs.decoder or rs.ended or rs.destroyed or rs.readableListening)
end

--- The handle has read: a chunk, or nil and why there is none.
-- @local
function methods:_onread(chunk, code, errno)
  local reader = rawget(self, "_reader")
  if reader ~= nil and chunk and can_hand_over(self) then
    -- Who waits to read gets it at once.
    rawset(self, "_reader", nil)
    return waiters.wake(reader, chunk)
  end
  if chunk then
    local handle = self._handle
    if self:push(chunk) then
      fast.update_read(self)
    elseif self._handle == handle and handle then
      fast.close_read(self)
      local ok
      ok, code, errno = handle:readStop()
      if not ok then self:destroy(errors.system("read", code, errno)) end
    end
  elseif code ~= "EOF" then
    self:destroy(errors.system("read", code, errno))
  elseif not fast.ended(self) and not self.readableEnded then
    self:push(nil)
    -- A task that reads sees the end when it asks for more. Until then it can answer what it has read.
    if not rawget(self, "_pulled") or not self.writable then self:read(0) end
  end
end

-- Is it open, without tables of its own, and does nobody listen for data or wait? Who has listened has made it get
-- tables.
function waiters.is_lazy(self)
  if EventEmitter._hears(self, "data") then return false end
  return getmetatable(self).server ~= nil and self._handle ~= nil and rawget(self, "_reader") == nil and fast.enabled
end

function waiters.close_fast_path(self)
  if rawget(self, "_handle") then fast.close_read(self) end
end

--- Has what comes go straight to who waits, as long as nobody could tell.
function waiters.open_task_path(self)
  local handle = rawget(self, "_handle")
  if not handle or rawget(self, "_onread") ~= nil or not can_hand_over(self) then return end
  local rs = rawget(self, "_rs")
  if rs then
    if rs.flowing or (rs.length or 0) > 0 or rs.readableListening or rs.errored or not rs.reading then return end
    rs.handsOver = true
  end
  handle:directTask(true)
end

function waiters.close_task_path(self)
  local handle = rawget(self, "_handle")
  if handle then handle:directTask(false) end
end

-- ---- what the streams tell ----

--- The flow is about to change: from now on the streams decide.
-- @local
methods._flowChanged = fast.close_read

--- There is one more listener for `data`, `readable` or `resume`.
-- @local
function methods:_listensFor(event)
  if event == "data" and fast.flow(self) then return end
  if event == "resume" then return fast.notice_resume(self) end
  return listens_for(self, event)
end

--- Stops reading: no more `data` until `resume`.
-- @function Socket:pause
-- @treturn Socket itself
-- @see Node's net: socket.pause()
methods.pause = Duplex.pause

--- Has `data` come as text in an encoding.
-- @tparam[opt="utf8"] string encoding
-- @treturn Socket itself
-- @raise ERR_UNKNOWN_ENCODING
-- @see Node's net: socket.setEncoding([encoding])
function methods:setEncoding(encoding)
  errors._checkSelf(self, "socket:setEncoding(encoding)")
  return Duplex.setEncoding(self, encoding)
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
  if type(self) ~= "table" then errors._checkSelf(self, "socket:write(data)") end
  if self.writableEnded and self.readableEnded and not self.allowHalfOpen then
    return write_after_fin(self, encoding, callback)
  end
  local more = Duplex.write(self, data, encoding, callback)
  if rawget(self, "_over") then
    self._over = nil
    self:_waitForTurn()
    more = false
  end
  fast.update_write(self)
  return more
end

-- The kernel has had enough for one callback: whoever writes is to wait for `drain`, in the next turn of the loop.
local function drain(self)
  self._turn = nil
  self:_drain()
end

function methods:_waitForTurn()
  self:_needDrain()
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

--- Sends data: `write(data[, encoding][, callback])`.
-- @function Socket:write
-- @tparam string|{string,...} data bytes, or a list of strings that is sent in one go
-- @tparam[opt="utf8"] string encoding what text is turned into
-- @tparam[opt] function callback called with an error or nil, once the data is written out
-- @treturn boolean true if the system has it all, or less than the high-water mark is queued; false: wait for `drain`
-- @raise ERR_INVALID_ARG_TYPE, ERR_STREAM_NULL_VALUES, ERR_UNKNOWN_ENCODING
-- @see Node's net: socket.write(data[, encoding][, callback])
local direct, offer, kind =
  core.directWrite(write_slowly, methods._waitForTurn, write_queued, Duplex._queueWriteCallback)
methods.write = fast.compiled_write(direct, write_queued, offer, kind) or direct
errors._ours[direct] = true
core.standardWrite(methods.write)

local function send_pending(self, pending)
  self._unsent = nil
  self:removeListener("close", pending.on_close)
  self:_send(pending.data, pending.callback)
end

local function write_when_connected(self, data, callback)
  self._pendingData = true
  local pending, told = { data = write_queue.own(data), callback = callback }, false
  function pending.on_close()
    if told then return end
    told = true
    self:removeListener("close", pending.on_close)
    callback(errors.coded("ERR_SOCKET_CLOSED_BEFORE_CONNECTION"))
  end
  self._unsent = pending
  traffic.when_connected(self, send_pending, pending)
  self:once("close", pending.on_close)
end

--- @local
function methods:_send(data, callback)
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
function methods:_write(chunk, _, callback) self:_send(chunk, callback) end

--- @local
function methods:_writev(entries, callback)
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
local function take_callback(self, closing, name)
  local owner = self
  if closing then
    local all = rawget(self, "_closing")
    owner = all and all[closing]
  end
  local callback = owner and rawget(owner, name)
  if not callback then return nil end
  owner[name] = nil
  if closing and next(owner) == nil then self._closing[closing] = nil end
  return callback
end

--- A write of the handle has come to its end; `closing` names the handle, if that is closing.
-- @local
function methods:_onwritten(closing, code, errno)
  local callback = take_callback(self, closing, "_writing")
  if not callback then return end
  -- What was given up because the socket was destroyed says so: ECANCELED.
  callback(code and errors.system("write", code, errno) or nil)
  fast.update_write(self)
end

--- The handle has sent FIN, or could not.
-- @local
function methods:_onshutdown(closing)
  if not closing and fast.shut(self) then return end
  local callback = take_callback(self, closing, "_shutting")
  if callback then callback() end
end

local function send_fin(self)
  local handle = self._handle
  if handle then handle:shutdown() end
end

--- @local
function methods:_final(callback)
  if rawget(self, "connecting") then
    traffic.when_connected(self, self._final, callback)
    return
  end
  local handle = self._handle
  if not handle then
    -- Nothing is left to send, so it has finished; a connection that comes later is half-closed all the same.
    traffic.when_connected(self, send_fin)
    return callback()
  end
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
function methods:finish(data, encoding, callback)
  errors._checkSelf(self, "socket:finish(data)")
  Duplex.finish(self, data, encoding, callback)
  -- The peer's end that was held back for a task, which has nothing to answer any more.
  local rs = rawget(self, "_pulled") and rawget(self, "_rs")
  if rs and rs.ended and not rs.endEmitted and (rs.length or 0) == 0 then self:read(0) end
  return self
end
methods["end"] = methods.finish

--- What stands between a write and the system has changed.
-- @local
methods._queueChanged = fast.update_write

-- ---- the option onread ----

-- What is read goes to one function, past the stream. Such a socket has `pause`, `resume` and `_onread` of its own. Its
-- fast paths stay closed: they lead to `data` listeners.

local function stop(socket)
  local handle = socket._handle
  if handle and not rawget(socket, "connecting") then handle:readStop() end
end

local function class_of(socket) return getmetatable(socket).class end

local function pause(socket)
  stop(socket)
  return class_of(socket).pause(socket)
end

local function resume(socket)
  if not rawget(socket, "connecting") then start(socket) end
  return class_of(socket).resume(socket)
end

local ONREAD_OPTIONS = strict.names("callback buffer")

--- Has what a socket reads go to a function.
-- @tparam Socket socket
-- @tparam function|table option the function, or a table with it as `callback`
-- @raise ERR_INVALID_ARG_TYPE
function traffic.install_onread(socket, option)
  local callback = option
  if type(option) == "table" and not is_callable(option) then
    strict.check(option, ONREAD_OPTIONS, "options.onread")
    callback = option.callback
  end
  if not is_callable(callback) then
    errors.throw("ERR_INVALID_ARG_TYPE", "options.onread", { "function", "Object" }, option)
  end
  rawset(socket, "_altered", true)
  rawset(socket, "pause", pause)
  rawset(socket, "resume", resume)
  rawset(socket, "_onread", function(self, chunk, code, errno)
    if not chunk then return class_of(self)._onread(self, nil, code, errno) end
    if callback(chunk) == false then stop(self) end
  end)
end

return traffic
