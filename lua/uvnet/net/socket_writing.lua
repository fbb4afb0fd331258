--- The writable side of a socket.
--
-- Floor 7.

local compiled = require("uvnet.net.socket_compiled")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local idle = require("uvnet.runtime.idle")
local lanes = require("uvnet.net.fast_path")
local lazy = require("uvnet.net.lazy_state")
local stream = require("uvnet.stream")
local ticks = require("uvnet.runtime.ticks")
local timers = require("uvnet.timers")
local waiting = require("uvnet.net.socket_waiting")
local write_queue = require("uvnet.stream.write_queue")

local Duplex = stream.Duplex

local writing = { methods = {} }
local methods = writing.methods

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
  lanes.update_write(self)
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
methods.write = compiled.write(direct, write_queued, offer, kind) or direct
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
  waiting.when_connected(self, send_pending, pending)
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
  lanes.update_write(self)
end

--- The handle has sent FIN, or could not.
-- @local
function methods:_onshutdown(closing)
  if not closing and lazy.shut(self) then return end
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
    waiting.when_connected(self, self._final, callback)
    return
  end
  local handle = self._handle
  if not handle then
    -- Nothing is left to send, so it has finished; a connection that comes later is half-closed all the same.
    waiting.when_connected(self, send_fin)
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
methods["end"] = function(self, ...)
  errors._checkSelf(self, "socket:finish(data)")
  return self:finish(...)
end

--- What stands between a write and the system has changed.
-- @local
methods._queueChanged = lanes.update_write

return writing
