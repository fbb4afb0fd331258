--- Timers: `setTimeout`, `setInterval`, `setImmediate`, `nextTick`, and their `clear…`. One timer of the loop waits for
-- what is due first.
--
-- Floor 4.

local callbacks = require("uvnet.timers.callbacks")
local class = require("uvnet.class")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local events = require("uvnet.events")
local immediates = require("uvnet.timers.immediates")
local lists = require("uvnet.timers.lists")
local ticks = require("uvnet.ticks")
require("uvnet.loop")

local unpack = table.unpack or unpack -- luacheck: ignore 143
local floor = math.floor

local LONGEST = 2147483647 -- ms, as in Node

local heap, by_duration = lists.heap, lists.by_duration
local new_list, renew, remove_list = lists.new, lists.renew, lists.remove
local run_ticks = callbacks.run_ticks

local timers = {
  nextTick = ticks.nextTick,
  setImmediate = immediates.setImmediate,
  clearImmediate = immediates.clearImmediate,
}

-- The list that was emptied last stays where it is, for who clears a timeout often sets another one like it.
local spare

local function retire(list)
  if spare and spare ~= list and spare.at > 0 and spare._next == spare then remove_list(spare) end
  spare = list
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
  now = now or core.now()
  core.timer(first.expiry > now and first.expiry - now or 1, ref)
  due, due_ref = first.expiry, ref -- last: where no stack is left, the calls raise
end

-- ---- timeouts ----

--- What `setTimeout` and `setInterval` give.
-- @type Timeout
local Timeout = class.new("Timeout")

-- A timeout counts while it is in a list and has a ref; callers of `insert` keep the count. What may raise, where no
-- stack is left, comes last.
local function stop(timeout)
  local list = timeout._list
  if not list then return end
  timeout._list = false
  if timeout._ref then active = active - 1 end
  timeout._previous._next = timeout._next
  timeout._next._previous = timeout._previous
  timeout._previous, timeout._next = false, false
  if list._next == list and not list.running then retire(list) end
end

local function append(timeout, list)
  local last = list._previous
  timeout._previous, timeout._next = last, list
  timeout._list = list
  last._next, list._previous = timeout, timeout
end

local function insert(timeout, start)
  local duration = timeout._duration
  local list = by_duration[duration]
  timeout._start = start
  if not list then
    list = new_list(duration, start + duration)
  elseif list._next == list and not list.running then
    renew(list, start + duration)
  end
  append(timeout, list)
end

local function start_timeout(timeout)
  local now = core.now()
  local list = timeout._list
  if list and list.duration == timeout._duration then
    -- When the list is due can only become later. That is looked at when it is due, so that this costs next to nothing.
    timeout._start = now
    if timeout._next ~= list then
      timeout._previous._next, timeout._next._previous = timeout._next, timeout._previous
      append(timeout, list)
    end
    return
  end
  stop(timeout)
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
  if type(callback) ~= "function" then
    local name = repeats and "setInterval" or "setTimeout"
    errors._checkCallback(callback, timers[name], ("net.timers.%s(callback, delay)"):format(name))
  end
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

-- ---- for those who have timeouts of another kind ----

timers._Timeout = Timeout

function Timeout:_call()
  if self._count then
    self._callback(unpack(self._arguments, 1, self._count))
  else
    self._callback()
  end
end

-- Starts its time as if that had been done before. Those that are due at once share a list; what stands for its
-- duration is negative, so that nothing in it is ever too young.
function Timeout:_start_at(start)
  local expiry = start + self._duration
  local list = by_duration[-expiry] or new_list(-expiry, expiry)
  if list == spare then spare = nil end
  stop(self)
  append(self, list)
  self._start = start
  if self._ref then active = active + 1 end
  schedule()
end

function Timeout:_stop()
  if self._list then
    stop(self)
    schedule()
  end
end

-- A list that is never due. It is always `running`: nothing is to be done when it becomes empty.
function timers._rack()
  local rack = { running = true }
  rack._next, rack._previous = rack, rack
  return rack
end

-- Puts it on a rack, until it is to wait again, or is cleared. It must not have a ref.
function Timeout:_rest(rack)
  stop(self)
  append(self, rack)
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
  if getmetatable(timeout) ~= Timeout.__instance and not Timeout:isInstance(timeout) then
    return errors._checkModule(timeout, timers.clearTimeout, "net.timers.clearTimeout(timeout)")
  end
  timeout._cleared = true
  timeout:_stop()
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
  if timeout._repeats then timeout._called = core.now() end
  timeout:_call()
  finish_current()
end

local function run_list(list, now)
  list.running = true
  while list._next ~= list do
    local timeout = list._next
    if now - timeout._start < list.duration then
      -- It came, or came again, after the others.
      list.running = false
      renew(list, math.max(timeout._start + list.duration, now + 1))
      return
    end
    stop(timeout)
    call(timeout)
    run_ticks()
  end
  list.running = false
  remove_list(list)
end

-- When this turn of the timers began. What becomes due meanwhile waits for the next one, so that a callback that takes
-- longer than its interval leaves the network its turns. It stays for the rest after an error.
local turn

core.hook("timers", function()
  finish_current()
  due = nil
  turn = turn or core.now()
  while true do
    local list = heap[1]
    if not list or list.expiry > turn then break end
    run_list(list, turn)
  end
  turn = nil
  schedule()
  return false
end)

return timers
