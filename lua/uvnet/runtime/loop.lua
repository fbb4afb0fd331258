--- The event loop: `run`, `stop`, and the ties between the core and the queue of ticks.
--
-- Floor 3.

local core = require("uvnet.core")
local errors = require("uvnet.errors")
local immediates = require("uvnet.runtime.immediates")
local ticks = require("uvnet.runtime.ticks")
local waiting = require("uvnet.runtime.timer_queue")

core.hook("ticks", ticks.drain)
ticks.onpending = core.ticks
ticks.keepInterrupt = core.keepInterrupt
core.ours()

-- An error does not keep the rest of a queue from running. But where nothing is taken from it any more, the error is in
-- our own lines, or there is no stack left, and would come again and again.
core.hook("taken", function() return ticks.taken() + immediates.taken() + waiting.taken() end)

local loop = {}

-- ---- whose error it is ----

local TICKS, IMMEDIATES, TIMERS = 1, 2, 3 -- entries of the core; another one is an event of a handle

-- Of errors that cannot carry it, while somebody takes them: by error, a list, for two may be the same string.
local emitters = {}

-- Of a handle's owner: what users know. A channel, an attempt to connect and the like have it in a field.
local function known(owner)
  if type(owner) ~= "table" then return nil end
  return type(owner.emit) == "function" and owner or rawget(owner, "_emitter") or rawget(owner, "socket")
end

local function emitter_of(entry, owner)
  local first = ticks.raised()
  if entry == TIMERS then
    owner = waiting.current()
  elseif entry == IMMEDIATES then
    owner = immediates.raised()
  elseif entry ~= TICKS then
    return known(owner)
  end
  return owner or known(first)
end

core.hook("owner", function(err, entry, owner)
  local emitter = emitter_of(entry, owner)
  if emitter == nil then return end
  if errors:isInstance(err) then
    if rawget(err, "emitter") == nil then err.emitter = emitter end
  elseif ticks.onerror then
    local list = emitters[err] or {}
    list[#list + 1] = emitter
    emitters[err] = list
  end
end)

--- Whose callback has raised an error that `run` has just raised: an emitter, a timer, or nil.
function loop.emitterOf(err)
  if errors:isInstance(err) then return err.emitter end
  local list = err ~= nil and emitters[err]
  if not list then return nil end
  local emitter = table.remove(list, 1)
  if #list == 0 then emitters[err] = nil end
  return emitter
end

local MODES = { default = 0, once = 1, nowait = 2 }

-- Runs until nothing is left, or to the end of the turn. Whoever takes the errors (`uncaughtException`) lets it go on.
local function run(number)
  while true do
    local takes = ticks.onerror
    if not takes then return core.run(number) end
    local ok, result = pcall(core.run, number)
    if ok then return result end
    if not takes(result) then error(result, 0) end
    if number > 0 or core.stopped() then return core.alive() end
  end
end

--- Runs the event loop: until nothing active is left (`"default"`), for one turn that waits for something to happen
-- (`"once"`), or for one turn that does not wait (`"nowait"`).
--
-- What a callback raises comes out of here: a string with the callback's traceback behind it, anything else as it is.
-- Of an Error, `err.emitter` is the object whose callback has raised it: the socket, the server, the timer.
-- No handle is harmed by that: call `run` again and it goes on. If several callbacks of one turn raise, each call
-- raises one of the errors, in order.
-- @tparam[opt="default"] string mode
-- @treturn boolean true while something active is left
-- @raise ERR_INVALID_ARG_VALUE; ERR_LOOP_RUNNING within a callback; what callbacks raise
function loop.run(mode)
  if type(mode) == "table" and mode.run == loop.run then errors._checkDot("net.run(mode)") end
  local number = MODES[mode == nil and "default" or mode]
  if not number then
    errors.throw("ERR_INVALID_ARG_VALUE", "mode", mode, 'must be one of: "default", "once", "nowait"')
  end
  if core.running() then
    error(errors("The event loop is running already", { code = "ERR_LOOP_RUNNING" }), 0)
  end
  waiting.settle()
  immediates.settle()
  local alive = run(number)
  -- Where nothing is left, whoever waits for that (`beforeExit`) may give it something.
  while not alive and number == 0 and loop.onempty and not core.stopped() and loop.onempty() do
    alive = run(number)
  end
  return alive
end

--- Makes the running `run` return once the current turn is done. Without one it does nothing.
function loop.stop(...)
  local first = ...
  if type(first) == "table" and first.stop == loop.stop then errors._checkDot("net.stop()") end
  core.stop()
end

--- The descriptor that can be read when something happens, where there is such a thing. With `backendTimeout` it is
-- how another loop waits for this one; then `run("nowait")`.
-- @treturn integer -1 where there is none
function loop.backendFd() return core.backend_fd() end

--- How long the loop may wait for something to happen.
-- @treturn integer ms; 0: there is something to do; -1: as long as nothing happens
function loop.backendTimeout() return core.backend_timeout() end

return loop
