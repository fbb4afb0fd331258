--- Immediates: `setImmediate` and `clearImmediate`.
--
-- Floor 3.

local class = require("uvnet.base.class")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local ticks = require("uvnet.runtime.ticks")

local unpack = table.unpack or unpack -- luacheck: ignore 143

local drain = ticks.drain

local immediates = {}

--- What `setImmediate` gives.
-- @type Immediate
local Immediate = class.new("Immediate")

local waiting, running = {}, {}
local running_at = 0
local kept = 0 -- immediates that keep the loop running
local taken = 0 -- how many were called, ever
local current -- whose callback is called
local busy = false -- an operation is under way, or was cut short: a host's hook may raise between any two lines

local function schedule()
  core.immediates(#waiting > 0 or running_at < #running, kept > 0)
end

local function keeps(immediate) return immediate and immediate._ref and not immediate._done end

-- Counts anew.
local function repair()
  kept = 0
  for i = running_at + 1, #running do
    if keeps(running[i]) then kept = kept + 1 end
  end
  for i = 1, running ~= waiting and #waiting or 0 do
    if keeps(waiting[i]) then kept = kept + 1 end
  end
  schedule()
  busy = false
end

local function forget(immediate)
  if immediate._ref and not immediate._done then kept = kept - 1 end
  immediate._done = true
end

--- Makes it keep `run` running (again). That is so from the start.
-- @treturn Immediate itself
function Immediate:ref()
  if busy then repair() end
  if not self._ref then
    busy = true
    self._ref = true
    if not self._done then kept = kept + 1 end
    schedule()
    busy = false
  end
  return self
end

--- Makes it keep `run` running no longer.
-- @treturn Immediate itself
function Immediate:unref()
  if busy then repair() end
  if self._ref then
    busy = true
    self._ref = false
    if not self._done then kept = kept - 1 end
    schedule()
    busy = false
  end
  return self
end

--- Does it keep `run` running?
-- @treturn boolean
function Immediate:hasRef() return self._ref end

--- On Lua 5.4, `local immediate <close> = …` clears it at the block's end.
function Immediate.__instance.__close(self) immediates.clearImmediate(self) end

--- @section end

--- Calls a function after the I/O of this turn of the loop, before its timers come again.
-- @tparam function callback
-- @param ... what the callback gets
-- @treturn Immediate
-- @raise ERR_INVALID_ARG_TYPE
function immediates.setImmediate(callback, ...)
  if type(callback) ~= "function" then
    errors._checkCallback(callback, immediates.setImmediate, "net.timers.setImmediate(callback)")
  end
  local count = select("#", ...)
  local immediate = setmetatable({
    _callback = callback,
    _ref = true,
    _count = count,
    _arguments = count > 0 and { ... } or nil,
  }, Immediate.__instance)
  if busy then repair() end
  busy = true
  kept = kept + 1
  waiting[#waiting + 1] = immediate
  if #waiting == 1 or kept == 1 then schedule() end
  busy = false
  return immediate
end

--- Clears an immediate. Anything else, one that has run included, is let pass.
-- @tparam[opt] Immediate immediate
function immediates.clearImmediate(immediate)
  if not Immediate:isInstance(immediate) then
    return errors._checkModule(immediate, immediates.clearImmediate, "net.timers.clearImmediate(immediate)")
  end
  if busy then repair() end
  busy = true
  forget(immediate)
  -- While the loop does not run, its place stays taken.
  if waiting[#waiting] == immediate then waiting[#waiting] = nil end
  schedule()
  busy = false
end

--- Before the loop runs: puts in order what an operation has left that was cut short.
function immediates.settle()
  if busy then repair() end
end

--- How many callbacks were called, ever.
function immediates.taken() return taken end

core.hook("immediates", function()
  if busy then repair() end
  if running_at >= #running then
    -- Those that come from now on wait for the next turn.
    -- In this order, lest one that was cut short lose any.
    running_at = 0
    running = waiting
  end
  if running == waiting then waiting = {} end
  while running_at < #running do
    local immediate = running[running_at + 1]
    local done = not immediate or immediate._done
    if not done then forget(immediate) end -- before it is taken: where no stack is left, this raises
    running_at = running_at + 1
    running[running_at] = false
    if not done then
      taken = taken + 1
      current = immediate
      if immediate._count > 0 then
        immediate._callback(unpack(immediate._arguments, 1, immediate._count))
      else
        immediate._callback()
      end
      current = nil
      drain()
      if busy then repair() end
    end
  end
  schedule()
  return false
end)

--- The immediate whose callback has raised. Asked once, it is forgotten.
function immediates.raised()
  local immediate = current
  current = nil
  return immediate
end

return immediates
