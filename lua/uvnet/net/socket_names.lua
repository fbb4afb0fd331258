--- What a socket tells of itself: the addresses of both ends, its state, its counters.
--
-- Floor 7.

local lanes = require("uvnet.net.fast_path")
local lazy = require("uvnet.net.lazy_state")

local names = { methods = {}, getters = {} }
local methods, getters = names.methods, names.getters

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
function methods:address() return sockname(self) end

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
    local server = rawget(self, "_server")
    local path = server and rawget(server, "_path")
    return path and "pipe " .. path or "pipe"
  end
  local ours, theirs = end_text(handle:sockname()), end_text(handle:peername())
  return (ours or "?") .. (rawget(self, "_server") and " <- " or " -> ") .. (theirs or "?")
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
  return rs and rs.dataEmitted or handle ~= nil and lanes.has_read(handle) or lazy.closed_after_reading(self)
end

--- The server that has accepted the connection, or nil.
function getters:server() return rawget(self, "_server") end

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

return names
