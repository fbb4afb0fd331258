--- A connection behind an object of LuaSocket's: the net.Socket, what has come on it, what has become of it.
--
-- Whoever has dropped the object has dropped the connection: so nothing that the loop holds (listeners, the socket)
-- knows the object. And as LuaSocket's sockets keep no program running, a connection does so only while somebody waits.
--
-- Fields: `socket`: while there is one; `state`: "connecting", "connected", "failed" or "closed"; `reason`: why nothing
-- more can be sent (and, once `ended`, received); `buffer` and the like, `length`: what nobody has received yet
-- (stream/buffer.lua); `ended`: no more will come; `full`: what was sent last waits for the system; `received`, `sent`:
-- bytes; `born`: ms; `waits`: see waiting.lua.
--
-- Floor 14.

local buffer = require("uvnet.stream.buffer")
local net = require("uvnet")
local reasons = require("uvnet.luasocket.reasons")
local timers = require("uvnet.timers")
local waiting = require("uvnet.luasocket.waiting")

local changed, wait, now = waiting.changed, waiting.wait, waiting.now
local max, min, sub = math.max, math.min, string.sub

local HIGH = 65536 -- bytes that are read before somebody asks for them
local PIECE = 65536 -- bytes that are given to the system at a time: so many can be under way when the time is over
local LINGER = 30000 -- ms that a closed connection has to send what is left

local Connection = {}
Connection.__index = Connection

local connections = {} -- descriptor -> connection or server: for `select`
setmetatable(connections, { __mode = "v" })

local connection = { by_fd = connections }

function connection.new()
  return setmetatable({
    socket = nil,
    state = "closed",
    reason = "closed",
    length = 0,
    ended = true,
    full = false,
    paused = false,
    received = 0,
    sent = 0,
    born = now(),
    waits = nil,
  }, Connection)
end

-- ---- what the loop tells ----

local function update_hold(self)
  local socket = self.socket
  if not socket or self.state == "connecting" then return end
  if self.waits or self.full then socket:ref() else socket:unref() end
end

--- Does somebody wait? Then the loop runs on.
function Connection:hold() update_hold(self) end

local function fail(self, reason)
  self.reason = self.reason or reason
  self.ended = true
  if self.state == "connecting" then self.state = "failed" end
  changed(self)
end

-- Only what belongs to this socket counts: after `close` there may be another.
local function listen_to(self, socket)
  socket:on("data", function(chunk)
    if self.socket ~= socket then return end
    buffer.append(self, chunk)
    self.length = self.length + #chunk
    self.received = self.received + #chunk
    if self.length >= HIGH and not self.waits then
      self.paused = true
      socket:pause()
    end
    if self.waits then changed(self) end
  end)
  socket:on("end", function()
    if self.socket ~= socket then return end
    self.ended = true
    changed(self)
  end)
  socket:on("drain", function()
    if self.socket ~= socket then return end
    self.full = false
    update_hold(self)
    changed(self)
  end)
  socket:on("error", function(err)
    if self.socket ~= socket then return end
    fail(self, reasons.of(err))
  end)
  socket:on("close", function()
    if self.socket ~= socket then return end
    self.socket = nil
    fail(self, "closed")
  end)
end

local function stand(self, socket)
  self.socket, self.state, self.reason = socket, "connected", nil
  self.ended, self.full, self.paused = false, false, false
  local handle = socket._handle
  local fd = handle and handle.fd
  if fd and fd >= 0 then connections[fd] = self end
end

-- ---- beginning ----

--- Takes over a socket that a server has accepted.
function Connection:adopt(socket)
  stand(self, socket)
  listen_to(self, socket)
  update_hold(self)
end

--- Begins to connect. What cannot even begin gives back a reason.
-- @tparam table options of `net.Socket:connect`
-- @tparam ?BoundSocket bound
-- @tparam function on_connect called with the socket once it stands
-- @treturn ?string
function Connection:begin(options, bound, on_connect)
  local socket = net.Socket({ allowHalfOpen = true, writableHighWaterMark = 1, handle = bound })
  self.state, self.reason, self.socket = "connecting", nil, socket
  self.buffer, self.length, self.head, self.tail, self.offset = nil, 0, nil, nil, nil
  self.ended, self.full, self.paused = false, false, false
  listen_to(self, socket)
  socket:on("connect", function()
    if self.socket ~= socket then return end
    stand(self, socket)
    on_connect(socket)
    update_hold(self)
    changed(self)
  end)
  local ok, err = pcall(socket.connect, socket, options)
  if ok then return nil end
  self.state, self.socket = "failed", nil
  fail(self, reasons.of(err))
  socket:destroy()
  return self.reason
end

--- Why it does not stand. That is told once; afterwards it is closed, like others.
-- @treturn string
function Connection:take_reason()
  local reason = self.reason or "closed"
  self.reason = "closed"
  return reason
end

-- ---- receiving ----

--- Waits for something to receive, or for room to send.
-- @return true if the time is over
function Connection:wait(deadline)
  if self.paused then
    self.paused = false
    self.socket:resume()
  end
  return wait(self, deadline)
end

-- There is room again.
local function go_on(self)
  if self.paused and self.length < HIGH and self.socket then
    self.paused = false
    self.socket:resume()
  end
end

--- Takes bytes away; there must be that many.
-- @tparam integer n
-- @treturn string
function Connection:take(n)
  if n <= 0 then return "" end
  local data = n >= self.length and buffer.take_all(self) or buffer.take(self, n)
  self.length = self.length - #data
  go_on(self)
  return data
end

Connection.go_on = go_on

-- ---- sending ----

--- Gives bytes to the system.
-- @tparam string data
-- @tparam integer first
-- @tparam integer last
-- @tparam function deadline_of gives the deadline of the next wait
-- @treturn integer the last byte that was sent
-- @treturn ?string why not all of them
function Connection:send(data, first, last, deadline_of)
  local at, safe = first, first - 1
  while true do
    local socket = self.socket
    if self.reason or not socket then
      self.sent = self.sent + max(0, safe - first + 1)
      return safe, self.reason or "closed"
    end
    if not self.full and self.state == "connected" then
      safe = at - 1
      if at > last then
        self.sent = self.sent + max(0, last - first + 1)
        return last
      end
      local stop = min(at + PIECE - 1, last)
      local piece = at == 1 and stop == #data and data or sub(data, at, stop)
      at = stop + 1
      -- It may be told of an error at once.
      self.full = not socket:write(piece)
    elseif self:wait(deadline_of()) and (self.full or self.state ~= "connected") and not self.reason then
      -- What is queued goes out whatever comes.
      update_hold(self)
      self.sent = self.sent + at - first
      return at - 1, "timeout"
    end
  end
end

-- ---- the end ----

--- Ends our side; the peer sees it once all is sent.
function Connection:finish()
  self.reason = self.reason or "closed"
  if self.socket and self.state == "connected" then self.socket:finish() end
end

--- Nothing more is received.
function Connection:stop_reading()
  self.ended = true
  changed(self)
end

local function destroy(socket) socket:destroy() end

--- Closes it. What is queued is sent first, but nobody waits for that.
function Connection:close()
  local socket = self.socket
  self.state, self.reason, self.ended = "closed", "closed", true
  self.socket, self.paused = nil, false
  self.buffer, self.length, self.head, self.tail, self.offset = nil, 0, nil, nil, nil
  changed(self)
  if not socket or socket.destroyed then return end
  if not self.full then
    socket:destroy()
    return
  end
  self.full = false
  local timer = timers.setTimeout(destroy, LINGER, socket):unref()
  socket:ref()
  socket:once("close", function() timer:close() end)
  socket:destroySoon()
end

--- Closes it with a reset.
function Connection:reset()
  local socket = self.socket
  if socket and self.state == "connected" then socket:resetAndDestroy() end
  self.full = false
  self:close()
end

-- ---- what is known of it ----

--- Would `receive` give something, or say that it is over?
function Connection:is_readable() return self.length > 0 or self.ended and self.state ~= "closed" end

--- Would `send` take something, or say that it cannot?
function Connection:is_writable()
  if self.reason then return self.state ~= "closed" end
  return self.state == "connected" and not self.full
end

function Connection:fd()
  local handle = self.socket and self.socket._handle
  return handle and handle.fd or -1
end

return connection
