--- Idle timeouts of sockets.
--
-- Traffic stores a time in the handle, and nothing else. The timer looks at that when it fires: if there was traffic,
-- it waits for what is left. After a `timeout` the timer rests: traffic starts the time anew, but does not tell. So
-- those that rest are looked at once in their time, which is early enough, all of one duration in one go.
--
-- Floor 5.

local core = require("uvnet.core")
local errors = require("uvnet.errors")
local timers = require("uvnet.timers")

local floor = math.floor

local idle = {}

-- There may be one for each connection. So it has eight fields, a size of tables, and takes the rest from its class.
local Timer = timers._Timeout:extend("Timeout")
Timer._ref = false

local LONGEST = 2147483647 -- ms

local function check_duration(ms)
  if type(ms) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", "msecs", "number", ms) end
  if not (ms >= 0 and ms < math.huge) then
    errors.throw("ERR_OUT_OF_RANGE", "msecs", "a non-negative finite number", ms)
  end
  return math.min(ms, LONGEST)
end

-- When has something happened on the connection, and was it traffic after the timer's start? Traffic in the same ms
-- counts as later: a timer that fires has been quiet for 1 ms at least. A moment of traffic is in ms; behind the point
-- is its order among what came in the same.
local function last_moment(timer)
  local handle = timer._socket._handle
  local moment, start = handle and handle:moment(), timer._start
  if moment and moment >= start then return moment, true end
  return start, false
end

-- ---- timers that rest ----

local racks = {} -- duration -> the rack on which its timers rest, in the order in which they fired

local function look(rack)
  local timer = rack._next
  while timer ~= rack do
    local after = timer._next
    local moment, traffic = last_moment(timer)
    if traffic then timer:_start_at(moment) end
    timer = after
  end
  if rack._next == rack then
    racks[rack.ms] = nil
    rack.clock:close()
  end
end

local function rest(timer, now)
  local duration = timer._duration
  local rack = racks[duration]
  if not rack then
    rack = timers._rack()
    rack.ms = duration
    rack.clock = timers.setInterval(look, duration - 1, rack):unref()
    racks[duration] = rack
  end
  timer._start = now
  timer:_rest(rack)
end

-- ---- the timer of a socket ----

-- Is the system taking what is queued, if slowly? Then the connection is not idle.
local function is_sending(timer)
  local handle = timer._socket._handle
  local pending = handle and handle:pending() or 0
  if pending == timer._pending then return false end
  timer._pending = pending
  return pending > 0
end

function Timer:_call(list)
  local socket, now = self._socket, core.now()
  local moment = last_moment(self)
  local expiry = floor(moment) + self._duration
  -- A list of one duration is in the order in which the timers were set. Who has had traffic since has another place,
  -- and is called in the order of the last traffic, however late the loop is.
  local is_in_place = moment == self._start
    and (list.duration < 0 or not timers._comes_before(expiry, moment))
  if now < expiry or not is_in_place then
    self:_start_at(moment)
  elseif is_sending(self) then
    self:_start_at(now)
  else
    if socket._handle then rest(self, now) end
    socket:emit("timeout")
  end
end

-- The connection is told, too: so this has its place in the order of the traffic.
local function begin(timer)
  local handle = timer._socket._handle
  timer:refresh()
  if not handle then return end
  handle:touch()
  timer._start = handle:moment() or timer._start -- a handle that is closed, where there was no new one, tells none
end

--- Starts the time anew: something has happened that is no traffic.
function idle.refresh(socket)
  local timer = rawget(socket, "_idle")
  if timer then begin(timer) end
end

--- Ends it.
function idle.clear(socket)
  local timer = rawget(socket, "_idle")
  if timer then
    timer:_stop()
    socket._idle = nil
  end
end

--- The `setTimeout` of sockets.
function idle.setTimeout(socket, ms, callback)
  errors._checkSelf(socket, "socket:setTimeout(ms)")
  if socket.destroyed then return socket end
  socket.timeout = ms
  ms = check_duration(ms)
  idle.clear(socket)
  if callback ~= nil then errors._checkCallback(callback) end
  if ms == 0 then
    if callback then socket:removeListener("timeout", callback) end
    return socket
  end
  local timer = setmetatable({
    _socket = socket,
    _duration = math.max(1, floor(ms)),
    -- The places of what comes later.
    _start = 0,
    _list = false,
    _previous = false,
    _next = false,
    _pending = 0,
  }, Timer.__instance)
  begin(timer)
  socket._idle = timer
  if callback then socket:once("timeout", callback) end
  return socket
end

return idle
