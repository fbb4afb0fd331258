--- The timeouts that wait. One timer of the loop waits for what is due first; then their callbacks run.
--
-- A hook of the host's (a watchdog, Ctrl-C) may raise between any two lines of what users call here. So each operation
-- says what it is busy with; the one after an operation that was cut short first puts in order what that has left.
--
-- A timeout has `_duration`, `_ref` (does it keep the loop running?), `_repeats`, and `_call`, which calls back.
--
-- Floor 3.

local core = require("uvnet.core")
local lists = require("uvnet.runtime.timer_lists")
local ticks = require("uvnet.runtime.ticks")

local heap, by_duration = lists.heap, lists.by_duration
local new_list, renew, remove_list = lists.new, lists.renew, lists.remove
local drain = ticks.drain
local max = math.max

local waiting = {}

-- The list that was emptied last stays where it is, for who clears a timeout often sets another one like it.
local spare

-- The timeout that an operation is about, while it is under way (or true).
local busy = false

local function retire(list)
  if spare and spare ~= list and spare.at > 0 and spare._next == spare then remove_list(spare) end
  spare = list
end

-- ---- the loop's timer ----

local active = 0 -- timeouts that keep the loop running
local due -- what the loop's timer waits for, or nil
local due_ref

local function schedule()
  local first = heap[1]
  local ref = active > 0
  if not first then
    due = nil
    core.timer(nil, false) -- also after the last has been called: idle times alone keep no loop running
    return
  end
  if due == first.expiry and due_ref == ref then return end
  due = nil
  core.timer(first.expiry, ref, first._next._within)
  due, due_ref = first.expiry, ref -- last: where no stack is left, the calls raise
end

-- ---- its timeouts ----

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
  last._next = timeout
  list._previous = timeout
  timeout._list = list
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

local taken = 0

local function repair()
  local cut = busy
  active, due = 0, nil
  local found = false
  lists.rebuild(function(timeout)
    if timeout == cut then found = true end
    if timeout._ref then active = active + 1 end
  end)
  if spare and by_duration[spare.duration] ~= spare then spare = nil end
  -- It was being moved to the end of its list.
  local list = type(cut) == "table" and not found and cut._list
  if list and by_duration[list.duration] == list then
    append(cut, list)
    if cut._ref then active = active + 1 end
  end
  schedule()
  busy = false
end

--- Before the loop runs: puts in order what an operation has left that was cut short.
function waiting.settle()
  if busy then repair() end
end

--- How many callbacks were called, ever.
function waiting.taken() return taken end

--- Starts its time, or starts it anew.
function waiting.start(timeout)
  if busy then repair() end
  local now, within = core.moment()
  local list = timeout._list
  busy = timeout
  timeout._within = within
  if list and list.duration == timeout._duration then
    -- When the list is due can only become later. That is looked at when it is due, so that this costs next to nothing.
    timeout._start = now
    if timeout._next ~= list then
      timeout._previous._next, timeout._next._previous = timeout._next, timeout._previous
      append(timeout, list)
    end
    busy = false
    return
  end
  stop(timeout)
  insert(timeout, now)
  if timeout._ref then active = active + 1 end
  schedule()
  busy = false
end

--- Ends its waiting.
function waiting.stop(timeout)
  if busy then repair() end
  if timeout._list then
    busy = timeout
    stop(timeout)
    schedule()
    busy = false
  end
end

local function set_ref(timeout, on)
  if busy then repair() end
  if timeout._ref ~= on then
    busy = true
    timeout._ref = on
    if timeout._list then
      active = active + (on and 1 or -1)
      schedule()
    end
    busy = false
  end
  return timeout
end

--- Has it keep the loop running (again).
-- @treturn table the timeout
function waiting.ref(timeout) return set_ref(timeout, true) end

--- Has it keep the loop running no longer.
-- @treturn table the timeout
function waiting.unref(timeout) return set_ref(timeout, false) end

-- ---- their callbacks ----

-- The timeout whose callback is running; what follows the callback is done when it has returned, or raised.
local current

local function finish_current()
  local timeout = current
  if not timeout then return end
  current = nil
  if timeout._repeats and not timeout._cleared and not timeout._list then
    busy = timeout
    insert(timeout, timeout._called)
    if timeout._ref then active = active + 1 end
    busy = false
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
    local start = timeout._start
    busy = timeout
    if now - start < list.duration then
      -- It came, or came again, after the others.
      list.running = false
      renew(list, max(start + list.duration, now + 1))
      busy = false
      return
    end
    stop(timeout)
    taken = taken + 1
    busy = false
    call(timeout)
    drain()
    if busy then repair() end
  end
  busy = true
  list.running = false
  remove_list(list)
  busy = false
end

-- What is due by then. What becomes due meanwhile waits for the next turn of the loop.
core.hook("timers", function(limit)
  if busy then repair() end
  finish_current()
  due = 0 -- the loop's timer is to be told, whatever comes
  while true do
    local list = heap[1]
    if not list or list.expiry > limit then break end
    run_list(list, limit)
  end
  schedule()
  return false
end)

--- The timeout whose callback is called, or has raised.
function waiting.current() return current end

return waiting
