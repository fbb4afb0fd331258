--- net.Server: listens on a TCP port, a unix domain socket or a named pipe.
--
-- The class is read in three files: here a server is made, takes connections and closes; server_listening.lua has
-- `listen`; server_ending.lua ends it in order, with all its connections.
--
-- Private fields: `_handle` while it listens; `_connections`: how many are open; `_resolving`: while the host of
-- `listen` is looked up; `_path`: the path of the listening pipe.
--
-- Floor 9.

local EventEmitter = require("uvnet.events")
local Socket = require("uvnet.net.socket")
local class = require("uvnet.base.class")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local listening = require("uvnet.net.server_listening")
local plain = require("uvnet.base.plain")
local settings = require("uvnet.net.socket_settings")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")

local Server = EventEmitter:extend("Server")

-- See `net.strict`.
Server.knownOptions = strict.names([[
  allowHalfOpen pauseOnConnect highWaterMark noDelay keepAlive keepAliveInitialDelay keepAliveInterval keepAliveCount
  blockList
]])

local check_self = errors._checkSelf

Server._connections = 0
Server._ofSockets = false -- the metatable of its sockets, once it has had one
--- Do its sockets keep their writable side when the peer ends?
Server.allowHalfOpen = false
--- Are its sockets left unread until somebody resumes them?
Server.pauseOnConnect = false
--- In a worker of a cluster: is a connection that is one too many dropped, and not given to another worker?
Server.dropMaxConnection = false

local getters = Server.__getters

Server.listen = listening.listen
for name, method in pairs(require("uvnet.net.server_ending").methods) do
  Server[name] = method
end

--- Makes a server: `net.Server([options][, connectionListener])`.
-- @tparam[opt] table options
-- @tparam[opt=false] boolean options.allowHalfOpen
-- @tparam[opt=false] boolean options.pauseOnConnect
-- @tparam[opt=65536] integer options.highWaterMark bytes, of its sockets
-- @tparam[opt=false] boolean options.noDelay sets it on its sockets
-- @tparam[opt=false] boolean options.keepAlive sets it on its sockets, with `keepAliveInitialDelay` (ms),
--   `keepAliveInterval` (ms) and `keepAliveCount`
-- @tparam[opt] BlockList options.blockList connections from its addresses are dropped
-- @tparam[opt] function connectionListener is added for `connection`
-- @raise ERR_INVALID_ARG_TYPE
-- @see Node's net: new net.Server([options][, connectionListener])
function Server:initialize(options, connectionListener)
  self._plain, self._takesAll = true, true
  if is_callable(options) then
    options, connectionListener = nil, options
  elseif options ~= nil and type(options) ~= "table" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options)
  end
  EventEmitter.initialize(self, options)
  if is_callable(connectionListener) then self:on("connection", connectionListener) end
  if not options then return end
  settings.check_keep_alive(options)
  settings.check_number(options, "highWaterMark")
  strict.check_constructor(self, options)
  settings.check_limits(options)
  if options.blockList then self.blockList = options.blockList end
  if options.allowHalfOpen then self.allowHalfOpen = true end
  if options.pauseOnConnect then self.pauseOnConnect = true end
  if options.noDelay then self.noDelay = true end
  if options.keepAlive then
    self.keepAlive = true
    self.keepAliveInitialDelay = options.keepAliveInitialDelay
    self.keepAliveInterval = options.keepAliveInterval
    self.keepAliveCount = options.keepAliveCount
  end
  local mark = options.highWaterMark
  if mark and mark >= 0 then self.highWaterMark = mark end
end

-- What the task of a `connection` listener has raised is its connection's error; any other is the server's.
Server[EventEmitter.captureRejectionSymbol] = function(self, err, event, socket)
  if event == "connection" then
    socket:destroy(err)
  else
    self:emit("error", err)
  end
end

-- ---- connections ----

-- A server without options for its sockets is plain: nothing has to be asked for a connection. Who sets one, for one
-- server or for a class of them, is heard.
local classes_are_plain, classes_take_all = true, true

for _, name in ipairs({ "maxConnections", "blockList" }) do
  class.watch(Server, name, function() classes_take_all = false end, function(self) self._takesAll = false end)
end

for _, name in ipairs({ "allowHalfOpen", "pauseOnConnect", "highWaterMark", "noDelay", "keepAlive" }) do
  class.watch(Server, name, function() classes_are_plain = false end, function(self) self._plain = false end)
end

-- What JavaScript takes a value for where it wants a number; nil for what is none.
local function as_number(value)
  if type(value) == "boolean" then return value and 1 or 0 end
  if type(value) == "string" and plain.isBlank(value) then return 0 end
  return plain.toNumber(value)
end

--- Has it as many connections as it may have? Anybody may have set `maxConnections` to any value: what is no number is
-- no limit.
-- @local
function Server:_isFull()
  local limit = self.maxConnections
  if limit == nil then return false end
  if type(limit) ~= "number" then limit = as_number(limit) end
  return limit ~= nil and self._connections >= limit
end

local function drop_data(handle, reason)
  local data = { reason = reason }
  if not handle:isTcp() then return data end
  local address, port, family = handle:sockname()
  if address then
    data.localAddress, data.localPort, data.localFamily = address, port, family
  end
  address, port, family = handle:peername()
  if address then
    data.remoteAddress, data.remotePort, data.remoteFamily = address, port, family
  end
  return data
end

local function drop(self, handle, reason)
  local data = drop_data(handle, reason)
  handle:close()
  self:emit("drop", data)
end

-- Why a connection is not to be taken; nil if it is.
local function why_dropped(self, handle)
  if self:_isFull() then return "maxConnections" end
  local list = rawget(self, "blockList")
  if list and handle:isTcp() then
    local address, _, family = handle:peername()
    if address and family and list:check(address, family == "IPv4" and "ipv4" or "ipv6") then return "blockList" end
  end
end

--- The handle has accepted a connection, or one that is to be dropped, and why; or could not.
-- @local
function Server:_onconnection(handle, code, errno)
  if not handle then
    if code == "ENFILE" or code == "EMFILE" then
      self:emit("drop", { reason = "EMFILE" })
    else
      self:emit("error", errors.system("accept", code, errno))
    end
    return
  end
  if code then return drop(self, handle, code) end
  if not (self._takesAll and classes_take_all) then
    local reason = why_dropped(self, handle)
    if reason then return drop(self, handle, reason) end
  end
  self._connections = self._connections + 1
  local ok, socket = pcall(Socket._accepted, handle, self, self._plain and classes_are_plain)
  if not ok then
    -- Nobody knows of it.
    self._connections = self._connections - 1
    handle:close()
    error(socket, 0)
  end
  -- Whoever accepts later (`async.accept`) finds what nobody has heard of.
  if not self:emit("connection", socket) then
    local count = (rawget(self, "_unclaimed") or 0) + 1
    self._unclaimed, socket._unclaimed = count, count
  end
end

local function emit_close(self) self:emit("close") end

local function close_if_done(self)
  if rawget(self, "_handle") or self._connections > 0 or rawget(self, "_awaited") then return end
  ticks.later(emit_close, self)
end

--- One of its sockets has been destroyed.
-- @local
function Server:_disconnected()
  self._connections = self._connections - 1
  close_if_done(self)
end

--- How many connections are open.
-- @tparam function callback gets nil and the number, in the next tick
-- @treturn Server itself
-- @see Node's net: server.getConnections(callback)
function Server:getConnections(callback)
  check_self(self, "server:getConnections(callback)")
  local workers = rawget(self, "_workers")
  if not workers or #workers == 0 or not is_callable(callback) then
    ticks.nextTick(callback, nil, self._connections)
    return self
  end
  local left, total = #workers, self._connections
  local function on_count(err, count)
    if left <= 0 then return end
    if err then
      left = 0
      ticks.nextTick(callback, err)
      return
    end
    left, total = left - 1, total + count
    if left == 0 then ticks.nextTick(callback, nil, total) end
  end
  for _, list in ipairs({ (table.unpack or unpack)(workers) }) do -- luacheck: ignore 143
    list:getConnections(on_count)
  end
  return self
end

--- Some of its sockets are counted by another process from now on: by the receiver of this list.
-- @local
function Server:_setupWorker(list)
  local workers = rawget(self, "_workers") or {}
  self._workers = workers
  workers[#workers + 1] = list
  function list.ongone()
    for i, one in ipairs(workers) do
      if one == list then table.remove(workers, i) end
    end
  end
end

-- Those that other processes have are waited for, too.
local function await_workers(self)
  local workers = rawget(self, "_workers")
  if not workers or #workers == 0 or rawget(self, "_awaited") then return end
  self._awaited = #workers
  local function on_closed()
    self._awaited = self._awaited - 1
    if self._awaited > 0 then return end
    self._awaited = nil
    close_if_done(self)
  end
  for _, list in ipairs({ (table.unpack or unpack)(workers) }) do -- luacheck: ignore 143
    list:close(on_closed)
  end
end

--- Stops accepting connections; those that are open stay. `close` is emitted once all have ended.
-- @tparam[opt] function callback called at `close`; with an ERR_SERVER_NOT_RUNNING if the server was not open
-- @treturn Server itself
-- @see Node's net: server.close([callback])
function Server:close(callback)
  check_self(self, "server:close()")
  local was_open = rawget(self, "_handle") or rawget(self, "_resolving")
  self._resolving = nil
  if is_callable(callback) then
    if was_open then
      self:once("close", callback)
    else
      self:once("close", function() callback(errors.coded("ERR_SERVER_NOT_RUNNING")) end)
    end
  end
  local handle = rawget(self, "_handle")
  if handle then
    handle:close()
    self._handle = nil
    local left = rawget(self, "_unlisten")
    if left then
      self._unlisten = nil
      left()
    end
  end
  await_workers(self)
  close_if_done(self)
  return self
end

--- On Lua 5.4, `local server <close> = …` closes the server at the block's end.
function Server.__instance.__close(self)
  if rawget(self, "_handle") or rawget(self, "_resolving") then self:close() end
end

--- The address that it listens on.
-- @return `{ port = …, family = "IPv4" or "IPv6", address = … }`, or the path, or nil while it does not listen
-- @raise a system error of `address`
-- @see Node's net: server.address()
function Server:address()
  check_self(self, "server:address()")
  local handle = rawget(self, "_handle")
  if handle and handle:isTcp() then
    local address, port, family, _ = handle:sockname()
    if not address then error(errors.system("address", port, family), 0) end
    return { address = address, port = port, family = family }
  end
  return rawget(self, "_path")
end

-- What `tostring` shows.
function Server:_describe()
  local text = "not listening"
  if rawget(self, "_handle") then
    local where = self:address()
    if type(where) == "table" then
      where = (where.family == "IPv6" and "[%s]:%d" or "%s:%d"):format(where.address, where.port)
    end
    text = "listening" .. (where and " on " .. where or "")
  elseif rawget(self, "_resolving") then
    text = "looking up its host"
  end
  local count = self._connections
  if count == 0 then return text end
  return ("%s, %d connection%s"):format(text, count, count == 1 and "" or "s")
end

--- Has it keep `net.run` running (again), as it does from the start.
-- @treturn Server itself
-- @see Node's net: server.ref()
function Server:ref()
  errors._checkSelf(self, "server:ref()")
  self._unrefed = nil
  local handle = rawget(self, "_handle")
  if handle then handle:ref() end
  return self
end

--- Has it keep `net.run` running no longer.
-- @treturn Server itself
-- @see Node's net: server.unref()
function Server:unref()
  errors._checkSelf(self, "server:unref()")
  self._unrefed = true
  local handle = rawget(self, "_handle")
  if handle then handle:unref() end
  return self
end

--- Is it listening?
function getters:listening() return rawget(self, "_handle") ~= nil end

--- How many connections are open; nil once a socket has been sent to another process. Deprecated: use getConnections.
function getters:connections()
  if rawget(self, "_workers") then return nil end
  return self._connections
end

return Server
