--- Who counts the sockets that were sent: the sender of them asks, the receiver answers.
--
-- There is one list for each server and channel on either side. The messages are Node's.
--
-- Floor 3.

local class = require("uvnet.base.class")
local errors = require("uvnet.errors")

local socket_list = {}

-- ---- the sender's ----

local Sent = class.new("SocketListSend")

--- @tparam table channel
-- @tparam string key names the server on this channel
function Sent:initialize(channel, key)
  self.channel, self.key = channel, key
  self.waiting = {}
end

-- Asks, and calls back with the answer or an Error; always, and once.
local function ask(self, command, answer, callback)
  local request = { answer = answer, callback = callback }
  if not self.channel:isOpen() then
    callback(errors.coded("ERR_CHILD_CLOSED_BEFORE_REPLY"))
    return
  end
  table.insert(self.waiting, request)
  self.channel:sendInternal({ cmd = command, key = self.key })
end

--- Calls back when all of them are closed.
function Sent:close(callback) ask(self, "NODE_SOCKET_NOTIFY_CLOSE", "NODE_SOCKET_ALL_CLOSED", callback) end

--- Calls back with how many of them are open.
function Sent:getConnections(callback)
  ask(self, "NODE_SOCKET_GET_COUNT", "NODE_SOCKET_COUNT", function(err, message)
    if err then return callback(err) end
    callback(nil, tonumber(message.count) or 0)
  end)
end

function Sent:onmessage(message)
  for i, request in ipairs(self.waiting) do
    if request.answer == message.cmd then
      table.remove(self.waiting, i)
      request.callback(nil, message)
      return
    end
  end
end

--- The channel has ended: nobody will answer.
function Sent:onend()
  local waiting = self.waiting
  self.waiting = {}
  if self.ongone then self.ongone() end
  for _, request in ipairs(waiting) do
    request.callback(errors.coded("ERR_CHILD_CLOSED_BEFORE_REPLY"))
  end
end

-- ---- the receiver's ----

local Received = class.new("SocketListReceive")

function Received:initialize(channel, key)
  self.channel, self.key = channel, key
  self.connections = 0
  self.announced = 0 -- how often the sender wants to hear that all are closed
end

local function tell_empty(self)
  if self.channel:isOpen() then self.channel:sendInternal({ cmd = "NODE_SOCKET_ALL_CLOSED", key = self.key }) end
end

function Received:add(socket)
  self.connections = self.connections + 1
  socket:once("close", function()
    self.connections = self.connections - 1
    if self.connections > 0 then return end
    local times = self.announced
    self.announced = 0
    for _ = 1, times do
      tell_empty(self)
    end
  end)
end

function Received:onmessage(message)
  if message.cmd == "NODE_SOCKET_GET_COUNT" then
    if not self.channel:isOpen() then return end
    self.channel:sendInternal({ cmd = "NODE_SOCKET_COUNT", key = self.key, count = self.connections })
  elseif message.cmd == "NODE_SOCKET_NOTIFY_CLOSE" then
    if self.connections == 0 then return tell_empty(self) end
    self.announced = self.announced + 1
  end
end

function Received.onend() end

socket_list.Sent, socket_list.Received = Sent, Received

return socket_list
