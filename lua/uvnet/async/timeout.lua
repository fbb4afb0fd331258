--- Time: `sleep`, and `timeout`, the deadline of everything that waits within a call.
--
-- A task has one deadline, the nearest. Its timer looks when it fires, and waits for what is left: so a deadline around
-- each request sets no timer at all, but for the first. While the timer waits, `_armed` says until when; where it is
-- early enough, the rest is done in the core. `_deadline`, `_expired`, `_timer` and `_armed` of a task are its, and
-- nobody else's to set.
--
-- Floor 11.

local core = require("uvnet.core")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local task = require("uvnet.runtime.task")
local timers = require("uvnet.timers")

local floor, huge, max, min = math.floor, math.huge, math.max, math.min
local now_of = core.now

local LONGEST = 2147483647 -- ms

local time = {}

local function check_ms(ms)
  if type(ms) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", "ms", "number", ms) end
  if not (ms >= 0) then errors.throw("ERR_OUT_OF_RANGE", "ms", "a non-negative number", ms) end
  return ms
end

-- A timer with the places of what the queue of timers sets.
local function new_timer(class, me, duration)
  return setmetatable({
    _task = me,
    _duration = duration,
    _start = 0,
    _list = false,
    _previous = false,
    _next = false,
    _due = 0,
  }, class.__instance)
end

-- ---- sleep ----

local Sleep = timers._Timeout:extend("Timeout")
Sleep._ref = true

function Sleep:_call() task.wake_for(self._task, self) end

local function unwait_sleep(_, timer) timer:close() end

--- Waits for a time.
-- @tparam number ms
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INVALID_STATE
function time.sleep(ms)
  check_ms(ms)
  local me = task.enter()
  task.rest(me)
  local timer = new_timer(Sleep, me, max(1, floor(min(ms, LONGEST))))
  timer:refresh()
  task.wait(me, unwait_sleep, timer)
end

-- ---- timeout ----

local Deadline = timers._Timeout:extend("Timeout")
Deadline._ref = true

local function set(timer, deadline, now)
  timer._due = deadline
  timer._duration = max(1, floor(min(deadline - now, LONGEST)))
end

function Deadline:_call()
  local me = self._task
  local deadline = me._deadline
  me._armed = nil
  if not deadline then return end
  local now = now_of()
  if now < deadline then
    set(self, deadline, now)
    self:refresh()
    me._armed = deadline
    return
  end
  me._expired = true
  if task.is_waiting(me) then task.interrupt(me, errors.coded("ERR_TIMEOUT")) end
end

-- It need not be earlier than the deadline, for then it looks.
local function arm(me, deadline, now)
  local timer = me._timer
  if not timer then
    timer = new_timer(Deadline, me, 1)
    me._timer = timer
  elseif timer._list and timer._due <= deadline then
    return
  end
  set(timer, deadline, now)
  timer:refresh()
  me._armed = deadline
end

local function leave(me, outer, deadline, ok, ...)
  me._deadline = outer
  if not outer then
    me._expired = nil
    if me._main then task.rest(me) end
  else
    if outer > deadline then me._expired = nil end
    if not me._expired then arm(me, outer, now_of()) end
  end
  if not ok then error((...), 0) end
  return ...
end

-- Lua 5.1 cannot yield across xpcall, and its xpcall passes no arguments.
local function call(fn, ...)
  if task.yields_across_pcall then return xpcall(fn, task.note, ...) end
  return task.pcall(fn, ...)
end

-- All that there may be to it.
local function timeout(ms, fn, ...)
  check_ms(ms)
  if not is_callable(fn) then errors.throw("ERR_INVALID_ARG_TYPE", "fn", "function", fn) end
  if ms == huge then return fn(...) end
  local me = task.running()
  if not me then task.enter() end
  local now, outer = now_of(), me._deadline
  local deadline = now + ms
  if outer and outer < deadline then deadline = outer end
  me._deadline = deadline
  arm(me, deadline, now)
  return leave(me, outer, deadline, call(fn, ...))
end

-- What a service does all the time, in the core, as far as this Lua lets it.
local begin, is_all, finish = core.timeouts(task.now, timeout, task.note)
if is_all then task.may_stand(begin) end

local function behind(me, ok, ...)
  finish(me)
  if not ok then error((...), 0) end
  return ...
end

--- Calls a function. What waits within raises an Error with the code ERR_TIMEOUT once the time is over. Of timeouts
-- within each other, the nearest end counts.
-- @function timeout
-- @tparam number ms
-- @tparam function fn
-- @param ... what the function gets
-- @return what the function returns
-- @raise what the function raises, ERR_TIMEOUT among it; ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INVALID_STATE
time.timeout = is_all and begin
  or jit and timeout -- luacheck: ignore 113
  or function(ms, fn, ...)
    local me = begin(ms, fn)
    if not me then return timeout(ms, fn, ...) end
    return behind(me, call(fn, ...))
  end

return time
