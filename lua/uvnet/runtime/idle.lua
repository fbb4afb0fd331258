--- Idle time and deadlines of sockets.
--
-- They are the handle's: it keeps the time in C, is put off by each traffic, and tells its owner (`_onidle`,
-- `_ondeadline`). What a socket without a handle is asked for waits in a timeout until there is one.
--
-- Floor 5.

local core = require("uvnet.core")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local strict = require("uvnet.base.strict")
local timers = require("uvnet.timers")

local floor = math.floor

local idle = {}

local LONGEST = 2147483647 -- ms

local function check_duration(name, ms)
  if type(ms) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", name, "number", ms) end
  if not (ms >= 0 and ms < math.huge) then
    errors.throw("ERR_OUT_OF_RANGE", name, "a non-negative finite number", ms)
  end
  if ms == 0 then return 0 end
  return math.max(1, math.min(floor(ms), LONGEST))
end

-- ---- without a handle ----

-- `_idle` of a socket: what it waits for while it has no handle: `ms`, `timer`, `read`, `deadline`, `ends` (its timer).
local function settings_of(socket)
  local settings = rawget(socket, "_idle")
  if not settings then
    settings = {}
    socket._idle = settings
  end
  return settings
end

local function quiet(socket) socket:_onidle() end
local function over(socket) socket:_ondeadline() end

local function restart(settings, socket)
  timers.clearTimeout(settings.timer)
  settings.timer = settings.ms and timers.setTimeout(quiet, settings.ms, socket):unref()
end

local function refuse(code, errno)
  if code then error(errors.system("setTimeout", code, errno), 0) end
end

--- The socket has got a handle, in the place of an old one perhaps.
function idle.adopt(socket, handle, old)
  if old then old:giveIdle(handle) end
  local settings = rawget(socket, "_idle")
  if not settings then return end
  socket._idle = nil
  timers.clearTimeout(settings.timer)
  timers.clearTimeout(settings.ends)
  if settings.ms then handle:setIdle(settings.ms, settings.read) end
  if settings.deadline then handle:setDeadline(math.max(1, settings.deadline - core.now())) end
end

--- The handle was not to be: what `_idle` said before waits again.
function idle.takeBack(socket, settings)
  socket._idle = settings
  timers.clearTimeout(settings.ends)
  restart(settings, socket)
  settings.ends = settings.deadline
    and timers.setTimeout(over, math.max(1, settings.deadline - core.now()), socket):unref()
end

--- Starts the time anew: something has happened that is no traffic.
function idle.refresh(socket)
  local handle, settings = socket._handle, rawget(socket, "_idle")
  if handle then
    handle:touch()
  elseif settings and settings.ms then
    restart(settings, socket)
  end
end

--- Ends it: the socket is destroyed, and its handle closed.
function idle.clear(socket)
  local settings = rawget(socket, "_idle")
  if not settings then return end
  socket._idle = nil
  timers.clearTimeout(settings.timer)
  timers.clearTimeout(settings.ends)
end

local OPTIONS = strict.names("read")

--- The `setTimeout` of sockets.
function idle.setTimeout(socket, ms, options, callback)
  errors._checkSelf(socket, "socket:setTimeout(ms)")
  if socket.destroyed then return socket end
  -- A table without the option is none, but something in the place of the callback.
  if callback == nil and (type(options) ~= "table" or options.read == nil) then
    if type(options) == "table" and not is_callable(options) then strict.check(options, OPTIONS) end
    options, callback = nil, options
  end
  if options ~= nil and type(options) ~= "table" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options)
  end
  strict.check(options, OPTIONS)
  local given = ms
  ms = check_duration("msecs", ms)
  if callback ~= nil then errors._checkCallback(callback) end
  local handle, read = socket._handle, options ~= nil and options.read and true or false
  if handle then
    local _, code, errno = handle:setIdle(ms, read)
    refuse(code, errno)
    -- The handle knows it: there may be one for each connection.
    rawset(socket, "timeout", given ~= ms and given or ms == 0 and 0 or nil)
  else
    socket.timeout = given
    local settings = settings_of(socket)
    settings.ms, settings.read = ms > 0 and ms or nil, read
    restart(settings, socket)
  end
  if not callback then return socket end
  if ms == 0 then
    socket:removeListener("timeout", callback)
  else
    socket:once("timeout", callback)
  end
  return socket
end

--- The `setDeadline` of sockets.
function idle.setDeadline(socket, ms)
  errors._checkSelf(socket, "socket:setDeadline(ms)")
  if socket.destroyed then return socket end
  ms = check_duration("msecs", ms)
  local handle = socket._handle
  if handle then
    local _, code, errno = handle:setDeadline(ms)
    refuse(code, errno)
    return socket
  end
  local settings = settings_of(socket)
  timers.clearTimeout(settings.ends)
  settings.deadline, settings.ends = nil, nil
  if ms > 0 then
    settings.deadline = core.now() + ms
    settings.ends = timers.setTimeout(over, ms, socket):unref()
  end
  return socket
end

return idle
