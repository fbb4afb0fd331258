--- A worker of a cluster, from within: its servers listen by asking the primary.
--
-- Floor 13.

local EventEmitter = require("uvnet.events")
local Worker = require("uvnet.process.worker")
local class = require("uvnet.base.class")
local core = require("uvnet.core")
local listening = require("uvnet.net.server_listening")
local messages = require("uvnet.process.cluster_messages")
local process = require("uvnet.process")
local ticks = require("uvnet.runtime.ticks")
local timers = require("uvnet.timers")

local cluster = EventEmitter()
local servers = {} -- by key: what listens by the primary
local indexes = {} -- by address: the next number of a server on it, and how many there are

cluster.isWorker, cluster.isPrimary, cluster.isMaster = true, false, false
cluster.Worker = Worker

local function send(message, callback) return messages.send(process, message, nil, callback) end

-- ---- a server's handle where the primary listens ----

local LONG = 2147483647 -- ms

local Faux = class.new("handle")
Faux.fd = -1

function Faux:initialize(key, sockname)
  self.key, self._sockname = key, sockname
  self:ref()
end

function Faux:attach(server) self.server = server end
function Faux.listen() return true end
function Faux.chmod() return true end
function Faux:isTcp() return self._sockname ~= nil end
function Faux.type() return "faux" end

function Faux:sockname()
  local name = self._sockname
  if not name then return nil, "EBADF", core.errno("EBADF") end
  return name.address, name.port, name.family
end

function Faux:ref()
  if not rawget(self, "_timer") and not rawget(self, "_closed") then
    self._timer = timers.setInterval(function() end, LONG)
  end
end

function Faux:unref()
  if rawget(self, "_timer") then
    timers.clearInterval(self._timer)
    self._timer = nil
  end
end

function Faux:hasRef() return rawget(self, "_timer") ~= nil end

-- A paused server has its connections wait here: the primary would only give them to it again.
local take_held -- defined below

function Faux:hold(held)
  local waiting = rawget(self, "_held")
  self._held = held and (waiting or {}) or nil
  if waiting and not held then ticks.later(take_held, self, waiting) end
end

function take_held(self, waiting)
  for _, handle in ipairs(waiting) do
    if rawget(self, "_closed") then
      handle:close()
    else
      self.server:_onconnection(handle)
    end
  end
end

function Faux:close()
  self._closed = true
  self:unref()
  local waiting = rawget(self, "_held")
  self._held = nil
  if waiting then take_held(self, waiting) end
end

-- ---- listening ----

local function forget(key, place)
  servers[key] = nil
  place.count = place.count - 1
  if place.count == 0 then indexes[place.name] = nil end
end

local function place_of(query)
  local name = ("%s:%s:%s:%s"):format(tostring(query.address), tostring(query.port), tostring(query.addressType),
    tostring(query.fd))
  local place = indexes[name] or { name = name, next = 0, count = 0 }
  indexes[name] = place
  place.count = place.count + 1
  place.next = place.next + 1
  return place, place.next - 1
end

local function absolute(path)
  if path:find("^/") or path:find("^%z") or core.platform() == "win32" then return path end
  return core.cwd() .. "/" .. path
end

-- `done(handle)`, or `done(nil, status)`.
function listening.askPrimary(server, query, done)
  if query.port == -1 and query.address then query.address = absolute(query.address) end
  local place, index = place_of(query)
  local tell_listening -- defined below
  local message = { act = "queryServer", index = index }
  for name, value in pairs(query) do
    message[name] = value
  end
  local asked = send(message, function(reply, handle)
    if reply.errno and reply.errno ~= 0 then
      server:removeListener("listening", tell_listening) -- it may listen again
      place.count = place.count - 1
      if place.count == 0 then indexes[place.name] = nil end
      local code, text = core.strerror(reply.errno)
      return done(nil, { code = code, errno = reply.errno, text = text })
    end
    local key = reply.key
    handle = handle or Faux(key, reply.sockname)
    servers[key] = server
    server._unlisten = function()
      server:removeListener("listening", tell_listening) -- it may not have come to that
      send({ act = "close", key = key })
      if servers[key] == server then
        forget(key, place)
      end
    end
    done(handle)
  end)
  if not asked then
    local code, text = core.strerror(core.errno("EPIPE"))
    ticks.nextTick(done, nil, { code = code, errno = core.errno("EPIPE"), text = text })
    return
  end
  function tell_listening()
    local worker = cluster.worker
    worker.state = "listening"
    local address = server:address()
    local told = { act = "listening" }
    for name, value in pairs(query) do
      told[name] = value
    end
    told.port = type(address) == "table" and address.port or query.port
    send(told)
  end
  server:once("listening", tell_listening)
end

-- ---- what the primary says ----

local function on_connection(message, handle)
  if not handle then return end
  local server = servers[message.key]
  -- Another worker may have room, unless it is to be dropped.
  local accepted = server ~= nil and (server.dropMaxConnection or not server:_isFull())
  send({ ack = message.seq, accepted = accepted and true or false })
  local faux = accepted and server._handle
  local held = type(faux) == "table" and rawget(faux, "_held")
  if held then
    held[#held + 1] = handle
  elseif accepted then
    server:_onconnection(handle)
  else
    handle:close()
  end
end

local function disconnect(worker, by_primary)
  worker.exitedAfterDisconnect = true
  local waiting = 1
  local function done()
    waiting = waiting - 1
    if waiting > 0 then return end
    if by_primary then
      if process.connected then process:disconnect() end
    else
      send({ act = "exitedAfterDisconnect" }, function()
        if process.connected then process:disconnect() end
      end)
    end
  end
  local list = {}
  for _, server in pairs(servers) do
    list[#list + 1] = server
  end
  for _, server in ipairs(list) do
    waiting = waiting + 1
    server:close(done)
  end
  done()
end

local function on_message(message, handle)
  if message.act == "newconn" then
    on_connection(message, handle)
  elseif message.act == "disconnect" then
    disconnect(cluster.worker, true)
  end
end

--- Closes its servers, waits for their connections, and leaves the channel.
-- @treturn Worker itself
function Worker:disconnect()
  if self.state ~= "disconnecting" and self.state ~= "destroying" then
    self.state = "disconnecting"
    disconnect(self)
  end
  return self
end

--- Ends the process at once.
function Worker:destroy()
  if self.state == "destroying" then return end
  self.exitedAfterDisconnect = true
  if not self:isConnected() then process:exit(0) end
  self.state = "destroying"
  process:once("disconnect", function() process:exit(0) end)
  send({ act = "exitedAfterDisconnect" }, function()
    if process.connected then process:disconnect() end
  end)
end

--- Begins to be a worker, with the number that the primary has given.
function cluster._setup(id)
  local worker = Worker({ id = id, process = process, state = "online" })
  --- This worker.
  cluster.worker = worker
  process:once("disconnect", function()
    worker:emit("disconnect")
    -- The primary has gone: there is nobody to work for.
    if not worker.exitedAfterDisconnect then process:exit(0) end
  end)
  process:on("internalMessage", messages.listener(on_message))
  send({ act = "online" })
end

return cluster
