--- The queue of `nextTick`: what runs after the current callback and before the next one.
--
-- It needs no event loop, so that what is built on it can be tried without one: `drain` runs the queue. With a loop,
-- the loop drains it after each callback; `onpending` tells it that there is something.
--
-- Floor 2.

local errors = require("uvnet.errors")

local unpack = table.unpack or unpack -- luacheck: ignore 143

local ticks = {
  --- Called when the queue stops being empty.
  onpending = function() end,
  --- Has an emitter asked for `captureRejections`?
  capturing = false,
  --- Is this what a hook has raised (the host's watchdog, Ctrl-C), and no error of whoever was called? Then it is kept,
  -- and comes out of `run`.
  keepInterrupt = function() return false end,
}

-- An entry is a function and two arguments, in three lists side by side. They have places in advance, so that a nil is
-- a place like another.
local PLACES, MANY = 64, 4096

local function places()
  local list = {}
  for i = 1, PLACES do
    list[i] = false
  end
  return list
end

local functions, firsts, seconds = places(), places(), places()
local head, tail = 0, 0
local passed = 0 -- how many have been called and have left the lists
local taken = 0 -- how many were called, ever
local running = false -- what the one that is called got first
local longest = 0 -- what the queue has grown to, if that was many

--- `nextTick` for up to two arguments, unchecked: for this module's own use. The function always gets two.
-- @tparam function callback
-- @param[opt] first
-- @param[opt] second
local function later(callback, first, second)
  local at = tail + 1
  if at == 1 then ticks.onpending() end
  functions[at], firsts[at], seconds[at] = callback, first, second
  tail = at
end
ticks.later = later

--- A place in the queue, behind all that is queued now: what would be queued there need not be, unless somebody asks.
-- @treturn integer
function ticks.place() return passed + tail end

--- Queues at a place that `place` has given, in the same callback of the loop.
-- @tparam integer place
-- @tparam function callback
-- @param[opt] first
-- @treturn boolean false if what was queued behind that place has been called already
function ticks.at(place, callback, first)
  local at = place - passed + 1
  if at <= head then return false end
  later(callback, first)
  for i = tail, at + 1, -1 do
    functions[i], firsts[i], seconds[i] = functions[i - 1], firsts[i - 1], seconds[i - 1]
  end
  functions[at], firsts[at], seconds[at] = callback, first, nil
  return true
end

-- What users queue gets just as many arguments as they gave.
local function call_bare(callback) callback() end
local function call_one(callback, argument) callback(argument) end
local function call_many(callback, arguments) callback(unpack(arguments, 1, arguments.count)) end

--- Calls a function after the current callback and before the next one.
-- @tparam function callback
-- @param ... what it gets
-- @raise ERR_INVALID_ARG_TYPE
function ticks.nextTick(callback, ...)
  if type(callback) ~= "function" then
    errors._checkCallback(callback, ticks.nextTick, "net.timers.nextTick(callback)")
  end
  local count = select("#", ...)
  if count == 0 then
    later(call_bare, callback)
  elseif count == 1 then
    later(call_one, callback, (...))
  else
    later(call_many, callback, { count = count, ... })
  end
end

--- Runs the queue until it is empty. What raises ends it; the next `drain` goes on behind that.
function ticks.drain()
  while head < tail do
    local at = head + 1
    local callback, first, second = functions[at], firsts[at], seconds[at]
    functions[at], firsts[at], seconds[at] = false, false, false
    if at == tail then
      if tail > MANY then longest = tail end
      passed = passed + tail
      head, tail = 0, 0
    else
      head = at
    end
    taken = taken + 1
    running = first
    callback(first, second)
  end
  running = false
  passed = passed % 2 ^ 31 + 1 -- what had its place in this queue is over
  if longest > 0 then
    -- Places that were made for a great many are not kept.
    longest = 0
    functions, firsts, seconds = places(), places(), places()
  end
end

--- How many were called, ever.
function ticks.taken() return taken end

--- What the one that has raised got first: most often, whose it is. Asked once, it is forgotten.
function ticks.raised()
  local first = running
  running = false
  return first
end

return ticks
