--- A server behind an object of LuaSocket's.
--
-- Who comes waits here for `accept`, a few of them; the others in the system's queue.
--
-- Floor 14.

local connection = require("uvnet.luasocket.connection")
local net = require("uvnet")
local reasons = require("uvnet.luasocket.reasons")
local waiting = require("uvnet.luasocket.waiting")

local changed, wait = waiting.changed, waiting.wait

local MOST = 16 -- connections that are accepted before somebody asks

local Listening = {}
Listening.__index = Listening

local listening = {}

--- Listens.
-- @tparam BoundSocket bound is taken over
-- @tparam ?integer backlog
-- @return the server, or nil
-- @treturn ?string why there is none
function listening.new(bound, backlog)
  local self = setmetatable({ sockets = {}, first = 1, last = 0, length = 0, closed = false, held = false }, Listening)
  local server = net.createServer({ allowHalfOpen = true, highWaterMark = 1 })
  local failed
  server:on("error", function(err)
    failed = failed or reasons.of(err)
    self.reason = failed
    changed(self)
  end)
  server:on("connection", function(socket)
    local conn = connection.new()
    conn:adopt(socket)
    if self.closed then
      conn:close()
      return
    end
    self.last = self.last + 1
    self.sockets[self.last] = conn
    if self.last - self.first + 1 >= MOST and not self.held then
      self.held = true
      server:pause()
    end
    changed(self)
  end)
  self.server = server
  local ok, err = pcall(server.listen, server, { handle = bound, backlog = backlog or 32 })
  if not ok then return nil, reasons.of(err) end
  server:unref()
  local name = server:address()
  self.name = name or {}
  local fd = self:fd()
  if fd >= 0 then connection.by_fd[fd] = self end
  return self
end

--- Does somebody wait? Then the loop runs on.
function Listening:hold(is_waiting)
  if self.closed then return end
  if is_waiting then self.server:ref() else self.server:unref() end
end

function Listening:is_readable() return self.last >= self.first or self.reason ~= nil end

function Listening:is_writable() return false end -- luacheck: ignore 212

--- Waits for a connection.
-- @tparam function deadline_of
-- @return the connection, or nil
-- @treturn ?string why there is none
function Listening:accept(deadline_of)
  local is_over = false
  while true do
    if self.closed then return nil, "closed" end
    if self.last >= self.first then
      local conn = self.sockets[self.first]
      self.sockets[self.first] = nil
      self.first = self.first + 1
      if self.held and self.last - self.first + 1 < MOST / 2 then
        self.held = false
        self.server:resume()
      end
      return conn
    end
    if self.reason then return nil, self.reason end
    if is_over then return nil, "timeout" end
    is_over = wait(self, deadline_of())
  end
end

--- Its address, as `server:address()` has it.
function Listening:address() return not self.closed and self.name or nil end

function Listening:fd()
  local handle = self.server._handle
  return handle and handle.fd or -1
end

--- Closes it, and whoever has come and was not accepted.
function Listening:close()
  if self.closed then return end
  self.closed = true
  self.server:close()
  for i = self.first, self.last do
    self.sockets[i]:close()
  end
  self.sockets, self.first, self.last = {}, 1, 0
  changed(self)
end

return listening
