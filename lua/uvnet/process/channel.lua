--- The channel between a parent and its child: messages, and what is sent with them. It speaks Node's protocol.
--
-- A message with a handle goes as `NODE_HANDLE`, and nothing follows it until the other side has answered: with
-- `NODE_HANDLE_ACK`, and the socket is closed here, or with `NODE_HANDLE_NACK`, and it is sent again. What is sent
-- meanwhile waits in a queue.
--
-- Floor 11.

local EventEmitter = require("uvnet.events")
local class = require("uvnet.base.class")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local formats = require("uvnet.process.formats")
local is_callable = require("uvnet.base.callable")
local socket_list = require("uvnet.process.socket_list")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")
local transfer = require("uvnet.process.transfer")

local find, remove = string.find, table.remove
local later = ticks.later

local ENOUGH = 2 * 65536 -- bytes that wait to be written: `send` says false from here on
local KEPT = 16 * 1024 * 1024 -- bytes of messages that nobody listens for yet: from here on nothing is read
local RESENDS = 3

local Channel = class.new("Channel")

--- Puts a channel on an open pipe. `target` is what users know: a ChildProcess, or the process.
-- @tparam table target
-- @tparam userdata handle
-- @tparam string mode `json` or `advanced`
-- @tparam[opt] integer max bytes of a message
function Channel:initialize(target, handle, mode, max)
  self._target, self._handle = target, handle
  -- What may be absent is false: a field that is there is found without a call.
  self._chosen, self._ended, self._finished, self._silent, self._resting = false, false, false, false, false
  self._received, self._unread, self._fresh = false, false, false
  self._queue, self._inFlight = false, false
  self._emitter = target -- whose error it is, if a callback raises
  self._format = formats[mode]
  self._reader = self._format.reader(max or formats.MAX_MESSAGE)
  self._arrived = {} -- handles whose messages are not whole yet
  self._writing = { first = 1, last = 0 } -- callbacks of writes under way
  self._lists = { sent = {}, received = {} }
  self._kept, self._keptBytes = {}, 0
  self._parked = {} -- messages whose sockets are busy
  self._refs = 0
  self.connected = true
  handle:attach(self)
  handle:receive()
end

Channel.__getters.fd = function(self)
  local handle = self._handle
  return handle and handle.fd or nil
end

local function is_open(self) return self._handle and not self._ended end

--- May something be sent still, if not by users?
Channel.isOpen = is_open

-- ---- what keeps the loop running ----

--- Has the channel keep `net.run` running, whoever listens.
function Channel:ref()
  self._chosen = true
  local handle = self._handle
  if handle then handle:ref() end
end

--- Has it keep `net.run` running no longer.
function Channel:unref()
  self._chosen = true
  local handle = self._handle
  if handle then handle:unref() end
end

--- A listener more, or one less: in a child the channel keeps the loop running while there is one.
-- @local
function Channel:count(by)
  self._refs = self._refs + by
  local handle = self._handle
  if not handle or self._chosen then return end
  if self._refs > 0 then
    handle:ref()
  else
    handle:unref()
  end
end

-- ---- sending ----

local emit_error = function(target, err) target:emit("error", err) end

local function fail(self, entry, err)
  if entry.callback then
    ticks.nextTick(entry.callback, err)
  elseif not entry.quiet then
    later(emit_error, self._target, err)
  end
end

local write -- defined below

-- That a handle has arrived is said with the message that answers it, if there is one, or by itself in a tick.
local function say_received(self)
  local text = self._received
  self._received = false
  if text and is_open(self) then write(self, { quiet = true }, text) end
end

-- Writes a message whose bytes are there. True if it is out or queued.
function write(self, entry, text, handle)
  if self._received then
    if handle then
      say_received(self)
    else
      text = self._received .. text
      self._received = false
    end
  end
  local done, code, errno = self._handle:send(text, handle)
  if done == nil then
    fail(self, entry, errors.system("write", code, errno))
    return false
  end
  if done then
    if entry.callback then ticks.nextTick(entry.callback, nil) end
  else
    local writing = self._writing
    writing.last = writing.last + 1
    writing[writing.last] = entry.callback or false
  end
  return true
end

local function list_of(self, kind, key, make)
  local lists = self._lists[kind]
  if not lists[key] then lists[key] = make(self, key) end
  return lists[key]
end

-- The server's connections are counted where they are from now on.
local function count_elsewhere(self, server, key)
  if self._lists.sent[key] then return end
  server:_setupWorker(list_of(self, "sent", key, socket_list.Sent))
end

-- The message goes alone: what was to go with it has gone before.
local function send_alone(self, entry)
  local ok, text = pcall(self._format.encode, entry.message)
  if not ok then return fail(self, entry, text) end
  write(self, entry, text)
end

local post, end_if_done -- defined below

-- A socket that has something to do here goes when it has done it. Nothing waits for that: a client that does not read
-- what it gets must not hold up the others.
local function park(self, entry)
  self._parked[entry] = true
  transfer.whenIdle(entry.value, function()
    if not self._parked[entry] then return end
    self._parked[entry] = nil
    post(self, entry)
    end_if_done(self)
  end)
end

-- Goes right before the handle, both times if that has to be sent again.
local function send_unread(self, entry)
  if entry.unread then write(self, { quiet = true }, entry.unread) end
end

local function send_with_handle(self, entry)
  local is_socket, stays = entry.kind == "net.Socket", entry.keepOpen
  if is_socket and transfer.isBusy(entry.value, stays) then return park(self, entry) end
  local handle, err = transfer.handle_of(entry.kind, entry.value, stays, self._format.carries)
  if handle == false then return fail(self, entry, err) end
  if not handle or handle:type() == nil then return send_alone(self, entry) end
  local server = entry.kind == "net.Socket" and entry.value.server
  if server and entry.key then count_elsewhere(self, server, entry.key) end
  if is_socket and not stays then
    local bytes = transfer.takeUnread(entry.value)
    if bytes then entry.unread = self._format.encode({ cmd = "NODE_HANDLE_UNREAD", data = bytes }) end
    handle = entry.value:_detach()
    entry.owned = handle
  end
  entry.handle = handle
  send_unread(self, entry)
  if not write(self, entry, entry.text, handle) then
    if entry.owned then handle:close() end
    return
  end
  entry.callback = nil
  entry.resends = 0
  self._queue = self._queue or {}
  self._inFlight = entry
end

local function transmit(self, entry)
  if entry.kind then return send_with_handle(self, entry) end
  write(self, entry, entry.text)
end

local function has_room(self)
  local handle = self._handle
  return handle and handle:pending() < ENOUGH
end

-- Sends at once, or after what waits for an answer.
function post(self, entry)
  local queue = self._queue
  if queue and not entry.ahead then
    queue[#queue + 1] = entry
    return #queue == 1
  end
  transmit(self, entry)
  return has_room(self) and not self._parked[entry]
end

--- Sends a message of the protocol: it is no user's, and that the other side is gone harms nobody.
-- @tparam table message
-- @tparam[opt] userdata handle
-- @tparam[opt] boolean ahead past what waits for an answer
-- @tparam[opt] function lost called if the other side could not take the handle: it has no descriptors left
function Channel:sendInternal(message, handle, ahead, lost)
  if not is_open(self) then return false end
  local entry = { quiet = true, ahead = ahead, message = message, lost = lost }
  if handle then
    entry.kind, entry.value = "net.Native", handle
    entry.text = self._format.encode({ cmd = "NODE_HANDLE", type = "net.Native", msg = message })
  else
    entry.text = self._format.encode(message)
  end
  return post(self, entry)
end

local keys = 0

local function key_of(server)
  local key = rawget(server, "_connectionKey")
  if not key then
    keys = keys + 1
    key = ("%d:%d"):format(core.pid(), keys)
    server._connectionKey = key
  end
  return key
end

local SEND_OPTIONS = strict.names("keepOpen")

--- `send(message[, handle[, options]][, callback])`.
function Channel:send(count, message, handle, options, callback)
  if is_callable(handle) and type(handle) == "function" then
    handle, options, callback = nil, nil, handle
  elseif is_callable(options) then
    options, callback = nil, options
  elseif options ~= nil and type(options) ~= "table" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options)
  end
  if callback ~= nil and not is_callable(callback) then callback = nil end
  if count == 0 then errors.throw("ERR_MISSING_ARGS", "message") end
  strict.check(options, SEND_OPTIONS)
  local entry = { message = message, callback = callback, keepOpen = options and options.keepOpen }
  if handle then
    local kind = transfer.type_of(handle)
    local server = kind == "net.Socket" and handle.server
    local key = server and key_of(server) or nil
    entry.kind, entry.value, entry.key = kind, handle, key
    entry.text = self._format.encode({ cmd = "NODE_HANDLE", type = kind, msg = message, key = key })
  else
    entry.text = self._format.encode(message)
  end
  return post(self, entry)
end

local end_now -- defined below

-- A disconnect waits for what is queued or is being written.
function end_if_done(self)
  if self.connected or not is_open(self) or self._queue or next(self._parked) then return end
  local writing = self._writing
  if writing.first > writing.last then end_now(self) end
end

--- libuv has written a message, or could not.
function Channel:_onwritten(done, code, errno)
  local writing = self._writing
  local callback = writing[writing.first]
  writing[writing.first] = nil
  writing.first = writing.first + 1
  end_if_done(self)
  if not callback then return end
  if done then
    callback(nil)
  else
    callback(errors.system("write", code, errno))
  end
end

-- ---- the answers to handles ----

local function settle(self)
  local entry = self._inFlight
  self._inFlight = false
  if entry and entry.owned then entry.owned:close() end
end

local function answered(self, is_received)
  local entry = self._inFlight
  if not entry then return end
  local again = false
  if is_received then
    settle(self)
  elseif entry.resends == RESENDS then
    local lost = entry.lost
    settle(self)
    if lost then ticks.nextTick(lost) end
    EventEmitter.warn(errors("Handle did not reach the receiving process correctly", {
      name = "SentHandleNotReceivedWarning",
    }))
  else
    entry.resends = entry.resends + 1
    again = true
  end
  local queue = self._queue or {}
  self._queue = false
  if again then
    self._queue = {}
    send_unread(self, entry)
    if entry.handle:type() == nil or not write(self, entry, entry.text, entry.handle) then
      settle(self)
      self._queue = false
    end
  end
  for _, one in ipairs(queue) do
    if is_open(self) then post(self, one) end
  end
  end_if_done(self)
end

-- ---- receiving ----

local function is_internal(message)
  local command = type(message) == "table" and message.cmd
  return type(command) == "string" and find(command, "^NODE_.") ~= nil
end

local deliver -- defined below

local acks = {} -- by format: it is always the same

local function ack_of(format)
  acks[format] = acks[format] or format.encode({ cmd = "NODE_HANDLE_ACK" })
  return acks[format]
end

local function receive_handle(self, message, handle)
  local unread = self._unread
  self._unread = false
  if not handle then
    self:sendInternal({ cmd = "NODE_HANDLE_NACK" }, nil, true)
    return
  end
  self._received = (self._received or "") .. ack_of(self._format)
  local inner = message.msg
  transfer.receive(message.type, handle, function(value)
    if message.key and message.type == "net.Socket" then
      list_of(self, "received", message.key, socket_list.Received):add(value)
    end
    deliver(self, inner, value, 0, is_internal(inner))
  end, type(unread) == "string" and unread or nil)
  later(say_received, self) -- behind the message
end

local function act(self, message, handle)
  local command = message.cmd
  if command == "NODE_HANDLE" then return receive_handle(self, message, handle) end
  if command == "NODE_HANDLE_UNREAD" then
    self._unread = message.data
    return
  end
  if command == "NODE_HANDLE_ACK" or command == "NODE_HANDLE_NACK" then answered(self, command == "NODE_HANDLE_ACK") end
  local key = message.key
  if key ~= nil then
    if command == "NODE_SOCKET_GET_COUNT" or command == "NODE_SOCKET_NOTIFY_CLOSE" then
      list_of(self, "received", key, socket_list.Received):onmessage(message)
    elseif self._lists.sent[key] then
      self._lists.sent[key]:onmessage(message)
    end
  end
  self._target:emit("internalMessage", message, handle)
end

-- What users get, or what a handle comes with: `entry` is `{ message = …, handle = …, bytes = … }`.
local function give(self, entry)
  if entry.internal then
    act(self, entry.message, entry.handle)
  elseif self._target:listenerCount("message") > 0 then
    self._target:emit("message", entry.message, entry.handle)
  else
    local kept = self._kept
    kept[#kept + 1] = entry
    self._keptBytes = self._keptBytes + entry.bytes
    if self._keptBytes > KEPT and self._handle then
      self._resting = true
      self._handle:readStop()
    end
  end
end

function deliver(self, message, handle, bytes, internal)
  if self._silent then return end
  if internal and not handle then return later(act, self, message) end
  later(give, self, { internal = internal, message = message, handle = handle, bytes = bytes })
end

--- Somebody listens for `message`: what has come before goes to him.
-- @local
function Channel:giveKept()
  local kept = self._kept
  if #kept == 0 or self._target:listenerCount("message") == 0 then return end
  self._kept, self._keptBytes = {}, 0
  for _, entry in ipairs(kept) do
    later(give, self, entry)
  end
  if self._resting then
    self._resting = false
    if self._handle then self._handle:receive() end
  end
end

local function drop_arrived(self)
  local arrived = self._arrived
  if #arrived == 0 then return end
  self._arrived = {}
  for _, handle in ipairs(arrived) do
    handle:close()
  end
end

local function take_arrived(self, count, ...)
  if count == 0 then return end
  drop_arrived(self)
  self._arrived = { ... }
  self._fresh = true -- it may be for any message of this chunk, or for the one that this chunk begins
end

local function fail_channel(self, err)
  self._silent = true
  later(emit_error, self._target, err)
  self:_gone()
end

function Channel:_onread(chunk, ...)
  if not chunk then return self:_gone() end
  take_arrived(self, select("#", ...), ...)
  local reader = self._reader
  reader:feed(chunk)
  local before = #chunk
  while true do
    local status, message = reader:next()
    if status == false then break end
    if not status then return fail_channel(self, message) end
    local internal, handle = is_internal(message), nil
    if internal and message.cmd == "NODE_HANDLE" then handle = remove(self._arrived, 1) end
    if not self._fresh then drop_arrived(self) end
    deliver(self, message, handle, before, internal)
    before = 0
  end
  self._fresh = false
  if not reader:isWaiting() then drop_arrived(self) end
end

-- ---- the end ----

local function tell_closed(self) self._target:_channelClosed() end

local function finish(self)
  if self._finished then return end
  self._finished = true
  local handle = self._handle
  self._handle = false
  if handle then handle:close(true) end
  drop_arrived(self)
  for _, list in pairs(self._lists.sent) do
    list:onend()
  end
  later(tell_closed, self)
  self._target:emit("disconnect")
end

-- What never went. A socket is its sender's still, if his callback hears of it; else it is closed, for nobody else
-- will do it.
local function give_up(entry)
  if entry.callback then
    ticks.nextTick(entry.callback, errors.coded("ERR_IPC_CHANNEL_CLOSED"))
  elseif entry.kind == "net.Socket" and not entry.keepOpen then
    entry.value:destroy()
  end
end

local function give_up_queue(self)
  local queue, parked = self._queue, self._parked
  self._queue, self._parked = false, {}
  for _, entry in ipairs(queue or {}) do
    give_up(entry)
  end
  for entry in pairs(parked) do
    give_up(entry)
  end
end

function end_now(self)
  if self._ended then return end
  self._ended = true
  settle(self)
  give_up_queue(self)
  -- What is on its way here is still told.
  later(finish, self)
end

--- The other side has closed the channel, or it cannot be read.
-- @local
function Channel:_gone()
  self.connected = false
  local handle = self._handle
  if handle then handle:readStop() end
  end_now(self)
end

--- Sends what is queued, and closes the channel.
function Channel:disconnect()
  if not self.connected then
    self._target:emit("error", errors.coded("ERR_IPC_DISCONNECTED"))
    return
  end
  self.connected = false
  say_received(self)
  end_if_done(self)
end

function Channel._onclosed() end

return Channel
