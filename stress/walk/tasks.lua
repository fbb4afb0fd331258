-- The tasks of the walk: they wait for bytes of its sockets, for room, for time and for each other, among all that
-- listeners do to the same sockets; and are cancelled, or out of time, at any moment. The laws:
--
-- * what a task reads is what comes next, and a wait that is broken off has taken nothing;
-- * a wait for time is not over before it, and nobody waits longer than his deadline for good;
-- * who is cancelled ends, and nothing at a stream waits for him any more;
-- * what a task raises and nobody awaits comes out of net.run, and takes no other task along.

local base = require("walk.base")
local core = require("uvnet.core")
local net = require("uvnet")
local people = require("walk.people")
local is_waiting = require("uvnet.runtime.task").is_waiting
local async = net.async
local chance, count, hold = base.chance, base.count, base.hold
local one_of, random, tell = base.one_of, base.random, base.tell

local tasks = {}

local MOST = 20

local list = {} -- those that run, and those that have ended since the last `let_go`

-- Who may be read by a task: the bytes of an echo are not his to take.
local function reader_of(one)
  local who = one_of(people.list)
  if not who or who.echo then return nil end
  one.who, one.life = who, who.life
  return who
end

-- ---- what a task waits for ----

-- What has come is checked before anything else can happen. Of who is destroyed nobody knows what is left: as in Node,
-- `read` gives it without a `data`, from the error on that destroyed it.
local function took(who, data)
  if not data or #data == 0 or who.closed or who.socket.destroyed then return end
  tell(who, ("task took %d"):format(#data))
  people.check_bytes(who, data)
end

local waits = {}

function waits.some(one)
  local who = reader_of(one)
  if not who then return end
  -- Text in hex is not cut within a byte.
  took(who, who.socket:readSome(not who.hex and chance(30) and random(2000) or nil))
  hold(who.life == one.life, "a wait has outlived its connection", who)
  count("task has read")
end

function waits.exactly(one)
  local who = reader_of(one)
  if not who then return end
  local size = 2 * random(1500)
  local data = who.socket:readExactly(size)
  took(who, data)
  hold(data == nil or #data == size, "readExactly gives another number of bytes", who)
  count("task has read exactly")
end

function waits.write(one)
  local who = one_of(people.list)
  if not who or who.echo or not who.begun then return end
  one.who = who
  local socket = who.socket
  if socket.destroyed or socket.writableEnded or socket.writableLength > 2000000 then return end
  local data = base.bytes(who.sent, 70000)
  -- One task at a time may: of the next one nothing is taken.
  local other = rawget(socket, "_writer")
  if other ~= nil and is_waiting(other) then
    local ok, err = pcall(socket.writeAll, socket, data)
    hold(not ok and err.code == "ERR_INVALID_STATE", "two tasks write at the same time", who)
    count("task may not write")
    return
  end
  who.sent = who.sent + #data
  base.sent = base.sent + #data
  tell(who, ("task writes %d to %d"):format(#data, who.sent))
  socket:writeAll(data)
  count("task has written")
end

function waits.sleep()
  local due = core.now()
  local ms = random(10)
  due = due + ms
  async.sleep(ms)
  hold(core.now() >= due, "sleep is over before its time")
end

function waits.closed(one)
  local who = one_of(people.list)
  if not who then return end
  one.who = who
  who.socket:finished()
  hold(who.socket.destroyed or who.lost, "finished before it is closed", who)
end

function waits.other(one)
  local other = one_of(list)
  if not other or other == one or other.solo or other.awaits then return end
  one.awaits = other
  local ok, err = async.pcall(other.task.await, other.task)
  one.awaits = nil
  if not ok then error(err, 0) end
  hold(other.over, "await has ended before the task")
end

local WAITS = { "some", "some", "some", "exactly", "exactly", "write", "sleep", "closed", "other" }

-- ---- tasks ----

-- What may come of a wait: the bytes that a message cut off had are taken.
local function judge(one, err)
  hold(type(err) == "table", "a wait has raised " .. tostring(err))
  if err.walk then
    base.caught = base.caught + 1
    return
  end
  hold(net.errors:isInstance(err), "a wait has raised no Error")
  count("task: " .. tostring(err.code))
  local who = one.who
  if who and who.life == one.life then took(who, err.partial) end
  err.partial = nil
end

local function wait_once(one)
  local name = one_of(WAITS)
  one.who, one.what = nil, name
  if chance(40) then
    local ms, due = random(15), core.now()
    due = due + ms
    local ok, err = async.pcall(async.timeout, ms, waits[name], one)
    if not ok then
      if type(err) == "table" and err.code == "ERR_TIMEOUT" then
        hold(core.now() >= due, "a timeout is over before its time")
      end
      error(err, 0)
    end
  else
    waits[name](one)
  end
end

local function body(one)
  for _ = 1, random(4) do
    local ok, err = async.pcall(wait_once, one)
    if not ok then
      judge(one, err)
      if err.cause == one then error(err, 0) end -- of another, who was awaited, it is an error like others
    end
    if chance(20) and #people.list > 0 then
      -- Within a task, too, anything may be done.
      local fine, raised = pcall(people.inside, one_of(people.list))
      if not fine then judge(one, raised) end
    end
  end
  if one.solo then base.maybe_raise(100) end
end

local function run(one)
  async.finally(function() one.over = true end)
  body(one)
end

local function new()
  local one = { solo = chance(50), over = false }
  list[#list + 1] = one
  one.task = async.detach(run, one)
  count("tasks")
end

local function cancel(one)
  if one.over or not one.task then return end
  one.task:cancel(one)
  count("tasks cancelled")
  -- But for the task that runs: its next wait raises it.
  hold(one.over or one.runs, "a task that was cancelled goes on")
end

function tasks.act()
  if #list < MOST and chance(60) then return new() end
  local one = one_of(list)
  if one and chance(30) then cancel(one) end
end

function tasks.let_go()
  for i = #list, 1, -1 do
    if list[i].over then table.remove(list, i) end
  end
end

function tasks.cancel_all()
  for _, one in ipairs(list) do
    if not one.over then one.task:cancel(one) end
  end
end

function tasks.close()
  for _, one in ipairs(list) do
    hold(one.over and one.task.state ~= "running", "a task is left that waits: " .. tostring(one.what), one.who)
  end
  for _, who in ipairs(people.list) do
    local socket = who.socket
    hold(rawget(socket, "_reader") == nil and rawget(socket, "_writer") == nil, "somebody is left at a stream", who)
  end
  list = {}
end

return tasks
