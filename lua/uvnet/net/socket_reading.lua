--- The readable side of a socket.
--
-- Floor 7.

local errors = require("uvnet.errors")
local lanes = require("uvnet.net.fast_path")
local lazy = require("uvnet.net.lazy_state")
local stream = require("uvnet.stream")
local waiters = require("uvnet.stream.waiters")
local waiting = require("uvnet.net.socket_waiting")

local Duplex = stream.Duplex
local listens_for = Duplex._listensFor

local reading = { methods = {} }
local methods = reading.methods

--- Has the handle read.
local function start(self)
  local handle = self._handle
  if not handle then return end
  local ok, code, errno = handle:readStart()
  if not ok then self:destroy(errors.system("read", code, errno)) end
end
reading.start = start

--- @local
function methods:_read()
  if rawget(self, "connecting") or not self._handle then
    waiting.when_connected(self, self._read)
  else
    start(self)
  end
end

local is_standard = lanes.is_standard

-- Could somebody tell that a chunk does not go through the streams?
local function can_hand_over(self)
  if not lanes.enabled or not is_standard(self) then return false end
  local rs = rawget(self, "_rs")
  return not rs or not (rs.decoder or rs.ended or rs.destroyed)
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
      lanes.update_read(self)
    elseif self._handle == handle and handle then
      lanes.close_read(self)
      local ok
      ok, code, errno = handle:readStop()
      if not ok then self:destroy(errors.system("read", code, errno)) end
    end
  elseif code ~= "EOF" then
    self:destroy(errors.system("read", code, errno))
  elseif not lazy.ended(self) and not self.readableEnded then
    self:push(nil)
    -- A task that reads sees the end when it asks for more. Until then it can answer what it has read.
    if not rawget(self, "_pulled") or not self.writable then self:read(0) end
  end
end

-- Is it open, without tables of its own, and does nobody listen for data or wait? Who has listened has made it get
-- tables.
function waiters.is_lazy(self)
  local events = self._events
  if events and events.data ~= nil then return false end
  return rawget(self, "_server") ~= nil and self._handle ~= nil and rawget(self, "_reader") == nil and lanes.enabled
end

function waiters.close_lane(self)
  if rawget(self, "_handle") then lanes.close_read(self) end
end

-- ---- what the streams tell ----

--- The flow is about to change: from now on the streams decide.
-- @local
methods._flowChanged = lanes.close_read

--- There is one more listener for `data`, `readable` or `resume`.
-- @local
function methods:_listensFor(event)
  if event == "data" and lazy.flow(self) then return end
  if event == "resume" then return lazy.notice_resume(self) end
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

return reading
