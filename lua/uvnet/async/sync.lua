--- What tasks share: queues and locks.
--
-- Who waits stands in a line. He is told in a tick; whoever is cancelled meanwhile passes it on.
--
-- Floor 11.

local class = require("uvnet.base.class")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local task = require("uvnet.runtime.task")
local ticks = require("uvnet.runtime.ticks")

local sync = {}

-- ---- a line of those who wait ----

local function new_line()
  local line = {}
  line.next, line.previous = line, line
  return line
end

local function take_out(place)
  place.previous.next, place.next.previous = place.next, place.previous
  place.next, place.previous = nil, nil
end

local function tell(place) task.wake_for(place.me, place) end

-- Tells the first in the line. True if there is one.
local function tell_first(line)
  local place = line.next
  if place == line then return false end
  take_out(place)
  place.told = true
  ticks.later(tell, place)
  return true
end

local function unwait(_, place)
  if place.told then
    place.pass_on(place.owner)
  else
    take_out(place)
  end
end

local function wait_in(line, owner, pass_on)
  local me = task.enter()
  task.rest(me)
  local place = { me = me, owner = owner, pass_on = pass_on, previous = line.previous, next = line }
  line.previous.next = place
  line.previous = place
  task.wait(me, unwait, place)
end

-- ---- queues ----

local Queue = class.new("Queue")

function Queue:_describe() return ("%d value%s"):format(self.length, self.length == 1 and "" or "s") end

local function pass_to_taker(self) tell_first(self._takers) end
local function pass_to_putter(self) tell_first(self._putters) end

--- Puts a value behind the others. Waits while the queue is full.
-- @param value anything but nil
-- @raise ERR_INVALID_STATE if the queue is closed, or where one cannot wait and would have to; ERR_INVALID_ARG_VALUE
function Queue:put(value)
  errors._checkSelf(self, "queue:put(value)")
  if value == nil then
    errors.throw("ERR_INVALID_ARG_VALUE", "value", value, "must not be nil: nil is a queue's end")
  end
  while not self.closed and self.length >= self.limit do
    wait_in(self._putters, self, pass_to_putter)
  end
  if self.closed then errors.throw("ERR_INVALID_STATE", "The queue is closed") end
  self._last = self._last + 1
  self._values[self._last] = value
  self.length = self.length + 1
  tell_first(self._takers)
end

--- Takes the first value. Waits while there is none.
-- @return the value; nil if the queue is closed and empty
-- @raise ERR_INVALID_STATE where one cannot wait and would have to
function Queue:take()
  errors._checkSelf(self, "queue:take()")
  while self.length == 0 and not self.closed do
    wait_in(self._takers, self, pass_to_taker)
  end
  if self.length == 0 then return nil end
  local value = self._values[self._first]
  self._values[self._first] = nil
  self._first = self._first + 1
  self.length = self.length - 1
  if self.length == 0 then self._first, self._last = 1, 0 end
  tell_first(self._putters)
  return value
end

--- Ends it: nothing more can be put; what is there can still be taken.
function Queue:close()
  errors._checkSelf(self, "queue:close()")
  self.closed = true
  while tell_first(self._takers) do -- luacheck: ignore 542
  end
  while tell_first(self._putters) do -- luacheck: ignore 542
  end
end

--- Makes a queue, by which tasks hand each other values.
-- @tparam[opt] integer limit how many values it holds; without it as many as there are
-- @return a queue with the methods `put`, `take` and `close`, and the fields `length`, `limit` and `closed`
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function sync.queue(limit)
  if limit ~= nil then
    if type(limit) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", "limit", "number", limit) end
    if not (limit >= 1) then errors.throw("ERR_OUT_OF_RANGE", "limit", ">= 1", limit) end
  end
  local queue = Queue()
  queue.limit, queue.length, queue.closed = limit or math.huge, 0, false
  queue._values, queue._first, queue._last = {}, 1, 0
  queue._takers, queue._putters = new_line(), new_line()
  return queue
end

-- ---- locks ----

local Lock = class.new("Lock")
local Held = {}
Held.__index = Held

function Lock:_describe() return self.locked and "locked" or "free" end

local function pass_lock_on(self)
  if not tell_first(self._line) then
    self.locked, self._held = false, nil
  end
end

--- Gives the lock back; twice is as good as once.
function Held:release()
  local lock = self.lock
  if not lock then return end
  self.lock = nil
  pass_lock_on(lock)
end

-- On Lua 5.4, `local held <close> = lock:acquire()` gives it back at the block's end.
Held.__close = Held.release

--- Waits until the lock is free, and takes it. Who came first gets it first.
-- @return what gives it back: `held:release()`; on Lua 5.4 `local held <close> = lock:acquire()` does at the block's
--   end
-- @raise ERR_INVALID_STATE where one cannot wait and would have to
function Lock:acquire()
  errors._checkSelf(self, "lock:acquire()")
  if self.locked then
    wait_in(self._line, self, pass_lock_on)
  else
    self.locked = true
  end
  self._held = setmetatable({ lock = self }, Held)
  return self._held
end

--- Gives it back: the next one in the line has it.
-- @raise ERR_INVALID_STATE if nobody holds it
function Lock:release()
  errors._checkSelf(self, "lock:release()")
  if not self._held then errors.throw("ERR_INVALID_STATE", "The lock is free") end
  local held = self._held
  self._held = nil
  held:release()
end

local function release_behind(held, ok, ...)
  held:release()
  if not ok then error((...), 0) end
  return ...
end

--- Calls a function while the lock is held.
-- @tparam function fn
-- @param ... what it gets
-- @return what it returns
-- @raise what it raises; ERR_INVALID_STATE
function Lock:with(fn, ...)
  errors._checkSelf(self, "lock:with(fn)")
  if not is_callable(fn) then errors.throw("ERR_INVALID_ARG_TYPE", "fn", "function", fn) end
  local held = self:acquire()
  return release_behind(held, task.pcall(fn, ...))
end

--- Makes a lock, for what only one task is to do at a time across its waits.
-- @return a lock with the methods `acquire`, `release` and `with`, and the field `locked`
function sync.lock()
  local lock = Lock()
  lock.locked, lock._line = false, new_line()
  return lock
end

return sync
