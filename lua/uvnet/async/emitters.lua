--- Waiting for emitters, sockets, servers and names: `once`, `connect`, `accept`, `connections`, `lookup`.
--
-- Floor 11.

local dns = require("uvnet.dns")
local errors = require("uvnet.errors")
local net = require("uvnet")
local task = require("uvnet.runtime.task")
local ticks = require("uvnet.runtime.ticks")
local waiters = require("uvnet.stream.waiters")

local unpack = table.unpack or unpack -- luacheck: ignore 143
local later = ticks.later

local emitters = {}

--- Listens for `error` of a socket that belongs to a task: the task's next wait raises it.
function emitters.ignore_error() end

--- Gives a socket to a task: its errors are raised by what waits, and its end comes when the task reads it.
function emitters.adopt(socket)
  socket:on("error", emitters.ignore_error)
  rawset(socket, "_pulled", true)
  return socket
end

local adopt = emitters.adopt

-- Takes the listeners of a wait off again.
local function remove(wait)
  for event, listener in pairs(wait.listeners) do
    wait.emitter:removeListener(event, listener)
  end
end

local function deliver(wait)
  local result = wait.result
  if wait.me._subject ~= wait then return end
  if result.err ~= nil then
    task.fail(wait.me, result.err)
  else
    task.wake(wait.me, unpack(result, 1, result.n))
  end
end

local function unwait(_, wait)
  remove(wait)
  if wait.undo then wait.undo() end
end

-- Ends the wait with the first that comes. In a tick: the emitter has more to do.
local function settle(wait, result)
  if wait.result then return end
  wait.result = result
  remove(wait)
  later(deliver, wait)
end

local function wait_for(me, emitter, listeners, undo)
  local wait = { me = me, emitter = emitter, listeners = {}, undo = undo }
  for event, make in pairs(listeners) do
    wait.listeners[event] = function(...) settle(wait, make(...)) end
    emitter:on(event, wait.listeners[event])
  end
  return task.wait(me, unwait, wait)
end

local function as_values(...) return { n = select("#", ...), ... } end

local function as_error(err)
  return { err = err == nil and errors.coded("ERR_UNHANDLED_ERROR", err) or err }
end

--- Waits for an event.
-- @param emitter any EventEmitter
-- @param event its name
-- @return what listeners of the event get
-- @raise an `error` event that comes first; ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS, ERR_INVALID_STATE
function emitters.once(emitter, event)
  if type(emitter) ~= "table" or type(emitter.on) ~= "function" or type(emitter.removeListener) ~= "function" then
    errors.throw("ERR_INVALID_ARG_TYPE", "emitter", "EventEmitter", emitter)
  end
  if event == nil then errors.throw("ERR_MISSING_ARGS", "event") end
  local me = task.enter()
  task.rest(me)
  local listeners = { [event] = as_values }
  if event ~= "error" then listeners.error = as_error end
  return wait_for(me, emitter, listeners)
end

--- Connects, and waits until the connection stands. Takes what `net.connect` takes.
-- @treturn net.Socket
-- @raise why it does not stand; ERR_INVALID_STATE; what `net.connect` raises
function emitters.connect(...)
  local me = task.enter()
  local socket = adopt(net.connect(...))
  wait_for(me, socket, {
    connect = as_values,
    close = function()
      local err = socket.errored or errors.coded("ERR_SOCKET_CLOSED_BEFORE_CONNECTION")
      waiters.origin[err] = socket
      return { err = err }
    end,
  }, function() socket:destroy() end)
  return socket
end

--- Waits for the address of a host.
-- @tparam string hostname
-- @tparam[opt] table|integer options of `net.dns.lookup`
-- @return the address and its family (4 or 6); with `all` a list of `{ address = …, family = … }`
-- @raise why there is none; ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE
function emitters.lookup(hostname, options)
  local me = task.enter()
  local wait = {}
  dns.lookup(hostname, options, function(err, ...)
    if me._subject ~= wait then return end
    if err then return task.fail(me, err) end
    return task.wake(me, ...)
  end)
  return task.wait(me, function() end, wait)
end

-- ---- servers ----

local MOST = 128 -- connections that are accepted, and for which nobody has come yet

local acceptors = setmetatable({}, { __mode = "k" }) -- server -> its connections and who waits for one

local function wake_acceptor(acceptor)
  local me = acceptor.waiter
  if not me or (#acceptor.sockets == 0 and not acceptor.closed) then return end
  acceptor.waiter = nil
  task.wake_for(me, acceptor)
end

local function hold(server, acceptor, paused)
  if acceptor.paused == paused or not server.pause then return end
  acceptor.paused = paused
  if paused then server:pause() else server:resume() end
end

-- What came while nobody listened for connections, in the order in which it came.
local function unclaimed_of(server)
  local list = {}
  if not rawget(server, "_unclaimed") then return list end
  for socket in server:eachConnection() do
    if rawget(socket, "_unclaimed") then list[#list + 1] = socket end
  end
  table.sort(list, function(a, b) return a._unclaimed < b._unclaimed end)
  for _, socket in ipairs(list) do
    socket._unclaimed = nil
    adopt(socket)
  end
  return list
end

local function acceptor_of(server)
  local acceptor = acceptors[server]
  if acceptor then return acceptor end
  acceptor = { sockets = unclaimed_of(server), closed = false }
  acceptors[server] = acceptor
  server:on("connection", function(socket)
    local sockets = acceptor.sockets
    sockets[#sockets + 1] = adopt(socket)
    if #sockets >= MOST then hold(server, acceptor, true) end
    later(wake_acceptor, acceptor)
  end)
  server:on("close", function()
    acceptor.closed = true
    later(wake_acceptor, acceptor)
  end)
  server:on("listening", function() acceptor.closed = false end)
  return acceptor
end

local function unwait_accept(_, acceptor) acceptor.waiter = nil end

local function check_server(server)
  if not net.Server:isInstance(server) then errors.throw("ERR_INVALID_ARG_TYPE", "server", "Server", server) end
end

local function is_over(server, acceptor)
  return acceptor.closed or not server.listening and not rawget(server, "_resolving")
end

--- Waits for the next connection of a server. Those that came while nobody listened for `connection` come first; from
-- the first call on, connections wait for `accept`.
-- @tparam net.Server server that listens
-- @treturn ?net.Socket nil once the server is closed
-- @raise ERR_INVALID_STATE, also while another task waits; ERR_INVALID_ARG_TYPE
function emitters.accept(server)
  check_server(server)
  local acceptor = acceptor_of(server)
  local waiter = acceptor.waiter
  if waiter and task.is_waiting(waiter) then
    errors.throw("ERR_INVALID_STATE", "Another task accepts connections of this server: one can at a time")
  end
  while true do
    local socket = table.remove(acceptor.sockets, 1)
    if #acceptor.sockets < MOST / 2 then hold(server, acceptor, false) end
    if socket and not socket.destroyed then return socket end
    if not socket then
      if is_over(server, acceptor) then return nil end
      local me = task.enter()
      acceptor.waiter = me
      task.wait(me, unwait_accept, acceptor)
    end
  end
end

--- `for socket in async.connections(server) do`: the connections of a server, one by one, until it is closed.
-- @tparam net.Server server that listens
-- @treturn function
-- @raise as `accept` does
function emitters.connections(server)
  check_server(server)
  if not task.yields_across_pcall and task.current() then
    errors.throw(
      "ERR_INVALID_STATE",
      "Lua 5.1 cannot wait in the iterator of a for: call async.accept(server) in a while loop"
    )
  end
  acceptor_of(server)
  return function() return emitters.accept(server) end
end

return emitters
