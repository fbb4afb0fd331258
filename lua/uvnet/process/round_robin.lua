--- A port that the primary listens on: it gives the connections to its workers in turn.
--
-- A worker gets one connection at a time: the next when it has answered.
--
-- Floor 10.

local Server = require("uvnet.net.server")
local class = require("uvnet.base.class")
local messages = require("uvnet.process.cluster_messages")

local RoundRobin = class.new("RoundRobinHandle")

--- @tparam string key names it in the messages
-- @tparam[opt] string address
-- @tparam table query what the worker asked for
function RoundRobin:initialize(key, address, query)
  self.key = key
  self.all, self.order = {}, {} -- workers by id; ids in the order in which they will be asked
  self.waiting = { first = 1, last = 0 } -- connections that no worker has yet
  self.sent = {} -- by worker's id: the connection that it has not answered yet
  local server = Server()
  self.server = server
  server:once("listening", function()
    local handle = server._handle
    server._handle = nil
    self.handle, self.server = handle, nil
    handle:attach(self)
  end)
  local options = { backlog = query.backlog, exclusive = true }
  if query.fd and query.fd >= 0 then
    options.fd = query.fd
  elseif query.port and query.port >= 0 then
    options.port, options.host, options.ipv6Only = query.port, address, query.ipv6Only or query.flags == 1
  else
    options.path, options.readableAll, options.writableAll = address, query.readableAll, query.writableAll
  end
  server:listen(options)
end

--- Of the handle: a connection, or that one could not be accepted.
function RoundRobin:_onconnection(handle)
  if not handle then return end
  handle:attach(self) -- one that nobody owns is closed after this callback
  self:distribute(handle)
end

function RoundRobin._onclosed() end

--- Adds a worker, and answers it: `answer(errno)`, or `answer(nil, { sockname = … })`.
function RoundRobin:add(worker, answer)
  self.all[worker.id] = worker
  local function done()
    local handle = self.handle
    if handle:isTcp() then
      local address, port, family = handle:sockname()
      answer(nil, { sockname = { address = address, port = port, family = family } })
    else
      answer(nil, {})
    end
    self:handOff(worker)
  end
  if not self.server then return done() end
  self.server:once("listening", done)
  self.server:once("error", function(err) answer(err.errno or -1) end)
end

function RoundRobin:has(worker) return self.all[worker.id] ~= nil end

local function take_waiting(self)
  local waiting = self.waiting
  if waiting.first > waiting.last then return nil end
  local handle = waiting[waiting.first]
  waiting[waiting.first] = nil
  waiting.first = waiting.first + 1
  return handle
end

--- Removes a worker; true if it was the last one, and nothing is listened on any more.
function RoundRobin:remove(worker)
  if not self.all[worker.id] then return false end
  self.all[worker.id] = nil
  for i, id in ipairs(self.order) do
    if id == worker.id then
      table.remove(self.order, i)
      break
    end
  end
  -- What it did not answer it may have begun to serve: its client is to see the end at once.
  local sent = self.sent[worker.id]
  if sent and not worker:isConnected() then
    self.sent[worker.id] = nil
    messages.forget(sent.number)
    sent.handle:close()
  end
  if next(self.all) ~= nil then return false end
  local handle = take_waiting(self)
  while handle do
    handle:close()
    handle = take_waiting(self)
  end
  if self.handle then self.handle:close() end
  if self.server then self.server:close() end
  self.handle = nil
  return true
end

--- Gives a connection to the next worker that is free.
function RoundRobin:distribute(handle)
  if next(self.all) == nil then return handle:close() end
  local waiting = self.waiting
  waiting.last = waiting.last + 1
  waiting[waiting.last] = handle
  local id = table.remove(self.order, 1)
  if id then self:handOff(self.all[id]) end
end

--- A worker is free: it gets a connection that waits, or its place in the order.
function RoundRobin:handOff(worker)
  if not self.all[worker.id] then return end
  local handle = take_waiting(self)
  if not handle then
    self.order[#self.order + 1] = worker.id
    return
  end
  local sent = { handle = handle }
  self.sent[worker.id] = sent
  sent.number = messages.send(worker.process, { act = "newconn", key = self.key }, handle, function(reply)
    self.sent[worker.id] = nil
    if reply.accepted then
      handle:close()
    else
      self:distribute(handle)
    end
    self:handOff(worker)
  end, function() -- it has no descriptors left: its client is to see the end at once
    if self.sent[worker.id] ~= sent then return end
    self.sent[worker.id] = nil
    messages.forget(sent.number)
    handle:close()
    self:handOff(worker)
  end)
  if sent.number then return end
  -- It is gone, and its end is on the way.
  self.sent[worker.id] = nil
  self:distribute(handle)
end

return RoundRobin
