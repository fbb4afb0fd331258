--- The queue of `nextTick`: what runs after the current callback and before the next one.
--
-- It needs no event loop, so that what is built on it can be tried without one: `drain` runs the queue. With a loop, the
-- loop drains it after each callback; `onpending` tells it that there is something.
--
-- Floor 2.

local errors = require("uvnet.errors")

local unpack = table.unpack or unpack -- luacheck: ignore 143

local ticks = {
  --- Called when the queue stops being empty.
  onpending = function() end,
}

-- Four places an entry: the function, how many arguments it gets, and two of them, or a list of all if they are more.
local WIDTH = 4
local queue = {}
local head, tail = 1, 0

local function push(callback, count, first, second)
  local at = tail
  if at == 0 then ticks.onpending() end
  -- `ticks` itself stands for nil, which an array cannot hold.
  queue[at + 1] = callback
  queue[at + 2] = count
  queue[at + 3] = first == nil and ticks or first
  queue[at + 4] = second == nil and ticks or second
  tail = at + WIDTH
end

--- Calls a function after the current callback and before the next one.
-- @tparam function callback
-- @param ... what it gets
-- @raise ERR_INVALID_ARG_TYPE
function ticks.nextTick(callback, ...)
  if type(callback) ~= "function" then
    local metatable = getmetatable(callback)
    if type(metatable) ~= "table" or not metatable.__call then
      errors.throw("ERR_INVALID_ARG_TYPE", "callback", "function", callback)
    end
  end
  local count = select("#", ...)
  if count <= 2 then
    push(callback, count, ...)
  else
    push(callback, count, { ... })
  end
end

--- The same, for up to two arguments, unchecked: for this module's own use.
-- @tparam function callback
-- @param[opt] first
-- @param[opt] second
function ticks.later(callback, first, second) push(callback, 2, first, second) end

--- Is there anything to run?
-- @treturn boolean
function ticks.pending() return tail > 0 end

--- Runs the queue until it is empty. What raises ends it; the next `drain` goes on behind that.
function ticks.drain()
  while head <= tail do
    local at = head
    local callback, count, first, second = queue[at], queue[at + 1], queue[at + 2], queue[at + 3]
    queue[at], queue[at + 1], queue[at + 2], queue[at + 3] = false, false, false, false
    head = at + WIDTH
    if head > tail then
      head, tail = 1, 0
    end
    if first == ticks then first = nil end
    if second == ticks then second = nil end
    if count == 2 then
      callback(first, second)
    elseif count == 1 then
      callback(first)
    elseif count == 0 then
      callback()
    else
      callback(unpack(first, 1, count))
    end
  end
end

return ticks
