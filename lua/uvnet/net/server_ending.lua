--- How a server ends, and what it does with its connections as a whole.
--
-- Which connections a server has is known by what is open in the loop: no list is kept of them.
--
-- Floor 8.

local core = require("uvnet.core")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")
local timers = require("uvnet.timers")

local GRACE = 10000 -- ms

local SHUTDOWN_OPTIONS = strict.names("grace")

local ending = { methods = {} }
local methods = ending.methods

local check_self = errors._checkSelf

local function connections_of(server)
  local list = {}
  for _, object in ipairs(core.open_objects()) do
    local metatable = getmetatable(object)
    if type(metatable) == "table" and rawget(metatable, "server") == server and not object.destroyed then
      list[#list + 1] = object
    end
  end
  return list
end

--- `for socket in server:eachConnection() do`: its open connections, as they are now.
-- @treturn function
function methods:eachConnection()
  check_self(self, "server:eachConnection()")
  local list, at = connections_of(self), 0
  return function()
    repeat
      at = at + 1
    until not list[at] or not list[at].destroyed
    return list[at]
  end
end

--- Destroys all its connections.
-- @treturn Server itself
function methods:closeAllConnections()
  check_self(self, "server:closeAllConnections()")
  for socket in self:eachConnection() do
    socket:destroy()
  end
  return self
end

local function check_ms(name, ms)
  if type(ms) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", name, "number", ms) end
  if not (ms >= 0) then errors.throw("ERR_OUT_OF_RANGE", name, "a non-negative number", ms) end
end

--- Destroys the connections on which there has been no traffic for a time.
-- @tparam number ms
-- @treturn Server itself
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function methods:closeIdleConnections(ms)
  check_self(self, "server:closeIdleConnections(ms)")
  check_ms("ms", ms)
  local now = core.now()
  for socket in self:eachConnection() do
    local handle = socket._handle
    local moment = handle and handle:moment()
    if moment and now - moment >= ms then socket:destroy() end
  end
  return self
end

-- A listener that raises keeps nobody else from hearing of it.
local function say_goodbye(socket)
  if not socket.destroyed then socket:emit("shutdown") end
end

--- Ends in order: stops listening, emits `shutdown` on each of its sockets, waits for the connections to end, and
-- destroys those that are left when the time is over.
-- @tparam[opt] table options `grace`: ms that the connections have (10000)
-- @tparam[opt] function callback called once all are closed with nil and `{ ended = n, destroyed = m }`: how many ended
--   by themselves and how many were destroyed; with an ERR_SERVER_NOT_RUNNING if the server was not open and had none
-- @treturn Server itself
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function methods:shutdown(options, callback)
  check_self(self, "server:shutdown()")
  if is_callable(options) then
    options, callback = nil, options
  end
  if options ~= nil and type(options) ~= "table" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options)
  end
  if callback ~= nil then errors._checkCallback(callback) end
  strict.check(options, SHUTDOWN_OPTIONS)
  local grace = options and options.grace
  if grace == nil then grace = GRACE end
  check_ms("options.grace", grace)

  local sockets = connections_of(self)
  if #sockets == 0 and not rawget(self, "_handle") and not rawget(self, "_resolving") then
    return self:close(callback)
  end
  local destroyed = 0
  local timer
  if grace < math.huge and #sockets > 0 then
    timer = timers.setTimeout(function()
      for _, socket in ipairs(connections_of(self)) do
        destroyed = destroyed + 1
        socket:destroy()
      end
    end, math.min(grace, 2147483647))
  end
  self:once("close", function()
    if timer then timer:close() end
    if callback then callback(nil, { ended = #sockets - destroyed, destroyed = destroyed }) end
  end)
  self:close()
  for _, socket in ipairs(sockets) do
    ticks.later(say_goodbye, socket)
  end
  return self
end

-- ---- pausing ----

local function take_up(self, handle)
  if rawget(self, "_handle") then
    self:_onconnection(handle)
  else
    handle:close()
  end
end

--- Leaves new connections in the system's queue, until `resume`.
-- @treturn Server itself
function methods:pause()
  check_self(self, "server:pause()")
  self._held = true
  local handle = rawget(self, "_handle")
  if handle and handle.hold then handle:hold(true) end
  return self
end

--- Takes connections again.
-- @treturn Server itself
function methods:resume()
  check_self(self, "server:resume()")
  self._held = nil
  local handle = rawget(self, "_handle")
  -- On Unix one is announced at most.
  local announced = handle and handle.hold and handle:hold(false)
  while announced do
    ticks.later(take_up, self, announced)
    announced = handle:hold(false)
  end
  return self
end

--- A handle that begins to listen leaves connections where they are, if its server is paused.
function ending.apply_pause(self, handle)
  if rawget(self, "_held") and handle.hold then handle:hold(true) end
end

return ending
