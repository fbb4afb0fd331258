--- Timers: `setTimeout`, `setInterval`, `setImmediate`, `nextTick`, and their `clear…`.
--
-- Timeouts of one duration stand in one list, in the order in which they are due, so that starting, refreshing and
-- clearing
-- one costs the same however many there are. The lists stand in a heap by what is due first, and one timer of the loop
-- waits for that.
--
-- Floor 4.

local class = require("uvnet.class")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local events = require("uvnet.events")
local is_callable = require("uvnet.callable")
local ticks = require("uvnet.ticks")
require("uvnet.loop")

local unpack = table.unpack or unpack -- luacheck: ignore 143
local floor = math.floor

local LONGEST = 2147483647 -- ms, as in Node

local timers = { nextTick = ticks.nextTick }

-- What runs after each callback and before the next.
local function run_ticks()
  if ticks.pending() then ticks.drain() end
end

local function check_callback(callback)
  if not is_callable(callback) then errors.throw("ERR_INVALID_ARG_TYPE", "callback", "function", callback) end
end

-- ---- the heap of lists ----

local heap = {}
local lists = {}
local stamp = 0

local function before(a, b)
  if a.expiry ~= b.expiry then return a.expiry < b.expiry end
  return a.stamp < b.stamp
end

local function place(list, at)
  heap[at] = list
  list.at = at
end

local function sift_up(list, at)
  while at > 1 do
    local parent = floor(at / 2)
    if not before(list, heap[parent]) then break end
    place(heap[parent], at)
    at = parent
  end
  place(list, at)
end

local function sift_down(list, at)
  local size = #heap
  while true do
    local child = at * 2
    if child > size then break end
    if child < size and before(heap[child + 1], heap[child]) then child = child + 1 end
    if not before(heap[child], list) then break end
    place(heap[child], at)
    at = child
  end
  place(list, at)
end

local function remove_list(list)
  local at, size = list.at, #heap
  local last = heap[size]
  heap[size] = nil
  if last ~= list then
    place(last, at)
    sift_up(last, at)
    sift_down(last, last.at)
  end
  list.at = 0
  lists[list.duration] = nil
end

-- ---- the loop's timer ----

local active = 0 -- timeouts that keep the loop running
local due -- what the loop's timer waits for, or nil
local due_ref

local function schedule(now)
  local first = heap[1]
  local ref = active > 0
  if not first then
    if due then core.timer(nil, false) end
    due = nil
    return
  end
  if due == first.expiry and due_ref == ref then return end
  due, due_ref = first.expiry, ref
  now = now or core.now()
  core.timer(due > now and due - now or 1, ref)
end

-- ---- timeouts ----

--- What `setTimeout` and `setInterval` give.
-- @type Timeout
local Timeout = class.new("Timeout")

local function unlink(timeout)
  local list = timeout._list
  if not list then return end
  timeout._list = false
  timeout._previous._next = timeout._next
  timeout._next._previous = timeout._previous
  timeout._previous, timeout._next = false, false
  if list._next == list and not list.running then remove_list(list) end
end

-- Where memory may fail, it does before anything is tied: an empty list in the heap does no harm, but a list that is
-- not in the heap, or a timeout that does not know its list, would.
local function insert(timeout, start)
  local duration = timeout._duration
  local list = lists[duration]
  timeout._start = start
  if not list then
    stamp = stamp + 1
    list = { duration = duration, expiry = start + duration, stamp = stamp, at = 0, running = false }
    list._next, list._previous = list, list
    sift_up(list, #heap + 1)
    lists[duration] = list
  end
  local last = list._previous
  timeout._previous, timeout._next = last, list
  timeout._list = list
  last._next, list._previous = timeout, timeout
end

-- A timeout counts while it is in a list and has a ref; callers keep the count.
local function stop(timeout)
  if timeout._list then
    if timeout._ref then active = active - 1 end
    unlink(timeout)
  end
end

local function start_timeout(timeout)
  local now = core.now()
  local counted = timeout._list and timeout._ref
  if timeout._list then unlink(timeout) end
  if counted then active = active - 1 end
  insert(timeout, now)
  if timeout._ref then active = active + 1 end
  schedule(now)
end

local function to_duration(ms)
  ms = tonumber(ms)
  if ms and ms > LONGEST then
    local text = "%s does not fit into a 32-bit signed integer.\nTimeout duration was set to 1."
    events.warn(errors(text:format(tostring(ms)), { name = "TimeoutOverflowWarning" }))
  end
  if not ms or not (ms >= 1 and ms <= LONGEST) then return 1 end
  return floor(ms)
end

local function new_timeout(callback, ms, repeats, ...)
  check_callback(callback)
  local count = select("#", ...)
  local timeout = setmetatable({
    _callback = callback,
    _duration = to_duration(ms),
    _repeats = repeats,
    _ref = true,
    _count = count > 0 and count or nil,
    _arguments = count > 0 and { ... } or nil,
    -- The places of what `insert` sets.
    _start = 0,
    _list = false,
    _previous = false,
    _next = false,
  }, Timeout.__instance)
  start_timeout(timeout)
  return timeout
end

--- Makes it keep `run` running (again). That is so from the start.
-- @treturn Timeout itself
function Timeout:ref()
  if not self._ref then
    self._ref = true
    if self._list then
      active = active + 1
      schedule()
    end
  end
  return self
end

--- Makes it keep `run` running no longer.
-- @treturn Timeout itself
function Timeout:unref()
  if self._ref then
    self._ref = false
    if self._list then
      active = active - 1
      schedule()
    end
  end
  return self
end

--- Does it keep `run` running while it waits?
-- @treturn boolean
function Timeout:hasRef() return self._ref end

--- Starts its time anew, without making another timeout; it may have fired already, but not been cleared.
-- @treturn Timeout itself
function Timeout:refresh()
  if not self._cleared then start_timeout(self) end
  return self
end

--- Clears it.
-- @treturn Timeout itself
function Timeout:close()
  timers.clearTimeout(self)
  return self
end

--- @section end

--- Calls a function once after a time.
-- @tparam function callback
-- @tparam[opt=1] number delay ms, from 1 to 2147483647; anything else is 1
-- @param ... what the callback gets
-- @treturn Timeout
-- @raise ERR_INVALID_ARG_TYPE
function timers.setTimeout(callback, delay, ...) return new_timeout(callback, delay, nil, ...) end

--- Calls a function again and again.
-- @tparam function callback
-- @tparam[opt=1] number delay ms between the calls
-- @param ... what the callback gets
-- @treturn Timeout
-- @raise ERR_INVALID_ARG_TYPE
function timers.setInterval(callback, delay, ...) return new_timeout(callback, delay, true, ...) end

--- Clears a timeout. Anything else, one that has fired included, is let pass.
-- @tparam[opt] Timeout timeout
function timers.clearTimeout(timeout)
  if not Timeout:isInstance(timeout) then return end
  timeout._cleared = true
  if timeout._list then
    stop(timeout)
    schedule()
  end
end

--- The same as `clearTimeout`.
-- @function clearInterval
timers.clearInterval = timers.clearTimeout

-- The timeout whose callback is running; what follows the callback is done when it has returned, or raised.
local current

local function finish_current()
  local timeout = current
  if not timeout then return end
  current = nil
  if timeout._repeats and not timeout._cleared and not timeout._list then
    insert(timeout, timeout._called)
    if timeout._ref then active = active + 1 end
  end
end

local function call(timeout)
  current = timeout
  timeout._called = core.now()
  if timeout._count then
    timeout._callback(unpack(timeout._arguments, 1, timeout._count))
  else
    timeout._callback()
  end
  finish_current()
end

local function run_list(list, now)
  list.running = true
  while list._next ~= list do
    local timeout = list._next
    if now - timeout._start < list.duration then
      -- It came, or came again, after the others.
      list.running = false
      list.expiry = math.max(timeout._start + list.duration, now + 1)
      stamp = stamp + 1
      list.stamp = stamp
      sift_down(list, list.at)
      return
    end
    if timeout._ref then active = active - 1 end
    unlink(timeout)
    call(timeout)
    run_ticks()
  end
  list.running = false
  remove_list(list)
end

core.hook("timers", function()
  finish_current()
  due = nil
  local now = core.now()
  while true do
    local list = heap[1]
    if not list then break end
    if list.expiry > now then
      now = core.now()
      if list.expiry > now then break end
    end
    run_list(list, now)
  end
  schedule()
  return false
end)

-- ---- immediates ----

--- What `setImmediate` gives.
-- @type Immediate
local Immediate = class.new("Immediate")

local waiting, running = {}, {}
local running_at = 0
local kept = 0 -- immediates that keep the loop running

local function schedule_immediates()
  core.immediates(#waiting > 0 or running_at < #running, kept > 0)
end

local function forget(immediate)
  if immediate._ref and not immediate._done then kept = kept - 1 end
  immediate._done = true
end

--- Makes it keep `run` running (again). That is so from the start.
-- @treturn Immediate itself
function Immediate:ref()
  if not self._ref then
    self._ref = true
    if not self._done then kept = kept + 1 end
    schedule_immediates()
  end
  return self
end

--- Makes it keep `run` running no longer.
-- @treturn Immediate itself
function Immediate:unref()
  if self._ref then
    self._ref = false
    if not self._done then kept = kept - 1 end
    schedule_immediates()
  end
  return self
end

--- Does it keep `run` running?
-- @treturn boolean
function Immediate:hasRef() return self._ref end

--- @section end

--- Calls a function after the I/O of this turn of the loop, before its timers come again.
-- @tparam function callback
-- @param ... what the callback gets
-- @treturn Immediate
-- @raise ERR_INVALID_ARG_TYPE
function timers.setImmediate(callback, ...)
  check_callback(callback)
  local count = select("#", ...)
  local immediate = setmetatable({
    _callback = callback,
    _ref = true,
    _count = count,
    _arguments = count > 0 and { ... } or nil,
  }, Immediate.__instance)
  kept = kept + 1
  waiting[#waiting + 1] = immediate
  if #waiting == 1 or kept == 1 then schedule_immediates() end
  return immediate
end

--- Clears an immediate. Anything else, one that has run included, is let pass.
-- @tparam[opt] Immediate immediate
function timers.clearImmediate(immediate)
  if not Immediate:isInstance(immediate) then return end
  forget(immediate)
  schedule_immediates()
end

core.hook("immediates", function()
  if running_at >= #running then
    -- Those that come from now on wait for the next turn.
    running, waiting = waiting, {}
    running_at = 0
  end
  while running_at < #running do
    running_at = running_at + 1
    local immediate = running[running_at]
    running[running_at] = false
    if not immediate._done then
      forget(immediate)
      if immediate._count > 0 then
        immediate._callback(unpack(immediate._arguments, 1, immediate._count))
      else
        immediate._callback()
      end
      run_ticks()
    end
  end
  schedule_immediates()
  return false
end)

return timers
