--- Idle timeouts of sockets.
--
-- Traffic stores a time in the handle, and nothing else. The timer looks at that when it fires: if there was traffic,
-- it waits for what is left. It keeps waiting after a `timeout` too, since traffic starts the time anew.
--
-- Floor 5.

local core = require("uvnet.core")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.callable")
local timers = require("uvnet.timers")

local idle = {}

local LONGEST = 2147483647 -- ms

local function check_duration(ms)
  if type(ms) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", "msecs", "number", ms) end
  if not (ms >= 0 and ms < math.huge) then
    errors.throw("ERR_OUT_OF_RANGE", "msecs", "a non-negative finite number", ms)
  end
  return math.min(ms, LONGEST)
end

local function arm(socket, timer, ms)
  timer.timeout = timers.setTimeout(idle.fired, ms, socket, timer):unref()
end

-- Is the system taking what is queued, if slowly? Then the connection is not idle.
local function is_sending(socket, timer)
  local handle = socket._handle
  local pending = handle and handle:pending() or 0
  local moves = pending > 0 and timer.pending ~= pending
  timer.pending = pending
  return moves
end

--- The timer of a socket has fired.
-- @local
function idle.fired(socket, timer)
  local handle = socket._handle
  local quiet = core.now() - timer.since
  if handle then
    local since_traffic = handle:idle()
    if since_traffic < quiet then
      quiet = since_traffic
      timer.told = nil
    end
  end
  if quiet < timer.ms then
    arm(socket, timer, timer.ms - quiet)
    return
  end
  arm(socket, timer, timer.ms)
  if timer.told then return end
  if is_sending(socket, timer) then
    idle.refresh(socket)
    return
  end
  timer.told = true
  socket:emit("timeout")
end

--- Starts the time anew: something has happened that is no traffic.
function idle.refresh(socket)
  local timer = rawget(socket, "_idle")
  if timer then
    timer.since = core.now()
    timer.told = nil
  end
end

--- Ends it.
function idle.clear(socket)
  local timer = rawget(socket, "_idle")
  if timer then
    timers.clearTimeout(timer.timeout)
    socket._idle = nil
  end
end

--- The `setTimeout` of sockets.
function idle.setTimeout(socket, ms, callback)
  if socket.destroyed then return socket end
  socket.timeout = ms
  ms = check_duration(ms)
  idle.clear(socket)
  if callback ~= nil and not is_callable(callback) then
    errors.throw("ERR_INVALID_ARG_TYPE", "callback", "function", callback)
  end
  if ms == 0 then
    if callback then socket:removeListener("timeout", callback) end
    return socket
  end
  local timer = { ms = math.max(1, math.floor(ms)), since = core.now() }
  socket._idle = timer
  arm(socket, timer, timer.ms)
  if callback then socket:once("timeout", callback) end
  return socket
end

return idle
