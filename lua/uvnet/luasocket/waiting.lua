--- Waiting for a change at one or more *places*, for a time at most.
--
-- A place is a table in which `waits` holds who waits there; its owner calls `changed`. Whoever waits is told in a
-- tick, and has a look for himself. `place:hold(true)` and `place:hold(false)`, where there is one, say whether
-- somebody waits.
--
-- Floor 14.

local core = require("uvnet.core")
local task = require("uvnet.runtime.task")
local ticks = require("uvnet.runtime.ticks")
local timers = require("uvnet.timers")

local ceil, huge, max, min = math.ceil, math.huge, math.max, math.min
local now = core.precise_now

local LONGEST = 2147483647 -- ms

local waiting = {}

-- ---- telling ----

local function tell(wait) task.wake_for(wait.me, wait, false) end

--- Something has changed at a place.
function waiting.changed(place)
  local waits = place.waits
  if not waits then return end
  for wait in pairs(waits) do
    if not wait.told then
      wait.told = true
      ticks.later(tell, wait)
    end
  end
end

-- ---- waiting ----

local function enter_place(place, wait)
  local waits = place.waits
  if not waits then
    waits = {}
    place.waits = waits
    if place.hold then place:hold(true) end
  end
  waits[wait] = true
end

local function leave_place(place, wait)
  local waits = place.waits
  if not waits then return end
  waits[wait] = nil
  if next(waits) ~= nil then return end
  place.waits = nil
  if place.hold then place:hold(false) end
end

local function unwait(_, wait)
  local places = wait.places
  if places[1] then
    for i = 1, #places do
      leave_place(places[i], wait)
    end
  else
    leave_place(places, wait)
  end
  if wait.timer then wait.timer:close() end
  if wait.turn then timers.clearImmediate(wait.turn) end
end

local function on_time(wait) task.wake_for(wait.me, wait, true) end

-- What the system has already must have been seen before one says that nothing is there: so two turns of the loop.
local function on_turn(wait)
  if wait.last then
    wait.turn = nil
    task.wake_for(wait.me, wait, true)
  else
    wait.last = true
    wait.turn = timers.setImmediate(on_turn, wait)
  end
end

--- Waits for a change.
-- @tparam table places one place, or a list; an empty one is a place where nothing happens
-- @tparam ?number deadline in ms of `core.precise_now`; nil: no matter how long
-- @treturn boolean true: the time is over; false: have a look
-- @raise where one cannot wait, ERR_INVALID_STATE; what the task was cancelled with; the ERR_TIMEOUT of `async.timeout`
function waiting.wait(places, deadline)
  local left = deadline and deadline - now() or huge
  -- Whoever asks without waiting may do it anywhere.
  if left <= 0 and core.running() and not task.running() then return true end
  local me = task.enter_anywhere()
  local wait = { me = me, places = places, told = false, timer = nil, turn = nil, last = false }
  if left <= 0 then
    wait.turn = timers.setImmediate(on_turn, wait)
  elseif left < huge then
    wait.timer = timers.setTimeout(on_time, max(1, ceil(min(left, LONGEST))), wait)
  end
  if places[1] then
    for i = 1, #places do
      enter_place(places[i], wait)
    end
  else
    enter_place(places, wait)
  end
  local is_over = task.wait(me, unwait, wait)
  unwait(me, wait)
  return is_over
end

waiting.now = now

return waiting
