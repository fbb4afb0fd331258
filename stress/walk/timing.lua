-- The timers, immediates and ticks of the walk: each runs once, an interval until it is cleared, none before its time
-- and none after it was cleared.

local base = require("walk.base")
local core = require("uvnet.core")
local people = require("walk.people")
local timers = require("uvnet.timers")
local chance, hold, random = base.chance, base.hold, base.random

local timing = {}

local waiting = {} -- in the order in which they were made; those that are over leave now and then

local function inside()
  if #people.list > 0 and chance(50) then people.inside(base.one_of(people.list)) end
end

local function clear(one)
  if one.over then return end
  one.over = true
  if one.immediate then
    timers.clearImmediate(one.immediate)
  elseif chance(50) then
    one.timeout:close()
  else
    timers.clearTimeout(one.timeout)
  end
end

-- What may be done to a timer at any time, within its own callback too.
local function touch(one)
  local dice = random(10)
  if one.immediate or dice > 7 then
    if dice > 8 then clear(one) end
  elseif dice <= 2 then
    one.timeout:unref()
  elseif dice <= 4 then
    one.timeout:ref()
  elseif not one.over then
    one.due = core.now() + one.ms
    one.timeout:refresh()
  end
end

local function fires(one, what)
  hold(not one.over, what .. " runs once more, or after it was cleared")
  hold(not one.due or core.now() >= one.due, what .. " runs before its time")
  base.count(what)
end

local function new_timeout()
  local one = { ms = random(30) }
  one.due = core.now() + one.ms
  one.timeout = timers.setTimeout(function(a, b)
    fires(one, "timeouts")
    hold(a == 1 and b == nil, "the arguments of a timeout are others")
    one.over = true
    if chance(10) then
      -- It begins anew.
      one.over, one.due = false, core.now() + one.ms
      one.timeout:refresh()
    end
    inside()
  end, one.ms, 1)
  return one
end

local function new_interval()
  local one = { ms = random(10) }
  one.due = core.now() + one.ms
  one.timeout = timers.setInterval(function()
    fires(one, "intervals")
    one.due = one.due + one.ms
    if chance(25) then clear(one) end
    inside()
  end, one.ms)
  return one
end

local function new_immediate()
  local one = {}
  one.immediate = timers.setImmediate(function()
    fires(one, "immediates")
    one.over = true
    inside()
  end)
  return one
end

local function new_tick()
  local done = false
  timers.nextTick(function(...)
    hold(not done and select("#", ...) == 2, "a tick runs twice")
    done = true
    base.count("ticks")
    inside()
  end, 1, nil)
end

function timing.new()
  local dice = random(10)
  if dice == 1 then return new_tick() end
  local one = dice <= 3 and new_interval() or dice <= 5 and new_immediate() or new_timeout()
  waiting[#waiting + 1] = one
  if chance(40) then touch(one) end
  if chance(40) then touch(base.one_of(waiting)) end
end

function timing.let_go()
  for i = #waiting, 1, -1 do
    if waiting[i].over then table.remove(waiting, i) end
  end
end

function timing.clear_all()
  for _, one in ipairs(waiting) do
    clear(one)
  end
  waiting = {}
end

return timing
