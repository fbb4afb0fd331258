-- A random walk: applies random calls, legal and illegal, at random moments, to a population of servers, sockets,
-- timers and tasks, and after each of them holds the laws that every one of them has to keep:
--
-- * `close` comes once, and nothing after it; `end`, `finish`, `connect` and `error` come at most once before it;
-- * bytes arrive as they were sent, in order, and all of them where both ends finished without an error;
-- * each callback of a write, of `finish` and of a server's `close` is called once; a timer runs as often as it should,
--   and not before its time;
-- * the counters agree: bytesRead, bytesWritten, a server's connections;
-- * what a listener raises comes out of net.run, and nothing else does that is not an Error;
-- * tasks get what comes next, and end when they are cancelled or out of time (walk/tasks.lua);
-- * once everything is closed, no handle is open and nothing keeps the loop running.
--
-- usage: lua stress/walk.lua [STEPS [SEED]], from the project's directory
-- The seed is printed: the same seed makes the same calls, as far as the system answers in the same order.
-- The parts are in stress/walk/. WALK_COUNTS=1 has it say how often each thing happened.

package.path = "stress/?.lua;" .. package.path
local base = require("walk.base")
local core = require("uvnet.core")
local net = require("uvnet")
local operations = require("walk.operations")
local people = require("walk.people")
local servers = require("walk.servers")
local tasks = require("walk.tasks")
local timing = require("walk.timing")

local ROUND = 2500 -- steps after which everything is closed and counted
local PEOPLE, SERVERS = 30, 5

io.stdout:setvbuf("line")
print(("walk: %d steps, seed %d, %s"):format(base.steps, base.seed, jit and jit.version or _VERSION))

local function turn(mode) return base.catch("net.run", pcall(net.run, mode or "nowait")) end

local function walk_a_step()
  base.step = base.step + 1
  local dice = base.random(100)
  if dice <= 2 and #servers.list < SERVERS then
    base.catch("a new server", pcall(servers.new))
  elseif dice <= 4 and #servers.list > 1 then
    base.catch("a server's call", pcall(servers.act, base.one_of(servers.list)))
  elseif dice <= 12 and #people.list < PEOPLE then
    base.catch("a new client", pcall(operations.new_client))
  elseif dice <= 15 then
    base.catch("a new timer", pcall(timing.new))
  elseif dice <= 20 then
    base.catch("a task's call", pcall(tasks.act))
  elseif #people.list > 0 then
    base.catch("a call", pcall(operations.act, base.one_of(people.list)))
  end
  servers.check()
  if dice % 3 == 0 then turn() end
end

local function destroy_all()
  for _, who in ipairs(servers.list) do
    base.catch("a server's close", pcall(servers.close, who))
  end
  for _, who in ipairs(people.list) do
    -- A listener for `close` may have connected it again.
    if not who.closed and not who.socket.destroyed then
      base.catch("destroy", pcall(who.socket.destroy, who.socket))
    end
  end
  timing.clear_all()
  tasks.cancel_all()
end

local function close_all()
  for _ = 1, 200 do
    destroy_all()
    if not turn() and core.open_handles() == 0 then break end
    if core.open_handles() > 0 then turn("once") end
  end
  -- Sockets that were never connected, or let their last tick be interrupted by an error.
  for _ = 1, 5 do
    turn()
  end
  base.hold(core.open_handles() == 0, core.open_handles() .. " handles are open at the end")
  tasks.close()
  base.hold(base.raised == base.caught, ("%d errors were raised, %d came out"):format(base.raised, base.caught))
  for _, who in ipairs(people.list) do
    base.hold(who.closed, "no close", who)
    base.hold(who.callbacks == 0, who.callbacks .. " callbacks were not called", who)
  end
  for _, who in ipairs(servers.list) do
    base.hold(who.closed or who.failed, "no close", who)
    base.hold(who.callbacks == 0, who.callbacks .. " callbacks were not called", who)
  end
  people.list, people.by_id, servers.list = {}, {}, {}
  collectgarbage()
end

local started = os.time()
while base.step < base.steps do
  local goal = base.step + ROUND
  while base.step < goal do
    walk_a_step()
    if base.step % 50 == 0 then
      people.let_go()
      servers.let_go()
      timing.let_go()
      tasks.let_go()
    end
  end
  close_all()
end

if os.getenv("WALK_COUNTS") then
  local names = {}
  for name in pairs(base.seen) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    print(("  %-24s %d"):format(name, base.seen[name]))
  end
end
print(("walk: %d steps in %d s; %d bytes sent, %d checked, %d streams whole to the end, %d callbacks of write, "
  .. "%d errors raised and caught; no law broken"):format(
  base.step, os.time() - started, base.sent, base.checked, base.seen["streams whole"] or 0, base.called_back,
  base.caught))
