--- Running the loop until something has happened: what came once and came before is known, and every wait has a time
-- limit.
--
-- In a task the same functions wait as tasks do, and the loop goes on: a spec may be straight-line code there, too.
--
-- Floor 12.

local check = require("uvnet.testing.check")
local class_name = require("uvnet.testing.name")
local errors = require("uvnet.errors")
local net = require("uvnet")
local task = require("uvnet.runtime.task")
local time = require("uvnet.async.timeout")
local timers = require("uvnet.timers")

local unpack = table.unpack or unpack -- luacheck: ignore 143

local waiting = {}

local function fail(message, level) error(message, level + 1) end

local function pack(...) return { n = select("#", ...), ... } end

local function is_in_task()
  local me = task.running()
  return me ~= nil and not me._main
end

-- One turn of the loop, or a little more.
local function one_turn()
  if is_in_task() then time.sleep(0) else net.run("nowait") end
end

-- In a task nobody can tell that nothing is left to happen: the wait itself is left.
local function wait_until(finished, ms)
  local due = timers.now() + ms
  while not finished() do
    if timers.now() >= due then return "timeout" end
    time.sleep(1)
  end
  return "finished"
end

-- Runs the loop until `finished()` is true. Gives back what it ended with: "finished", "timeout" or "idle", the latter
-- when nothing is left that could ever make it finish.
local function run_until(finished, ms)
  if finished() then return "finished" end
  if is_in_task() then return wait_until(finished, ms) end
  local late = false
  local timer = timers.setTimeout(function()
    late = true
    net.stop()
  end, ms)
  -- It must not keep a loop alive in which nothing else is.
  timer:unref()
  local function go_on()
    while not finished() do
      if late then return "timeout" end
      if not net.run() and not finished() and not late then return "idle" end
    end
    return "finished"
  end
  local ok, result = pcall(go_on)
  timer:close()
  if not ok then error(result, 0) end
  return result
end

--- Makes a test function of one that finishes later.
--
-- The function gets `done`, is called, and then the loop runs until `done` has been called: `done()` is success,
-- `done(err)` raises `err`. What a callback raises fails the test, as do the time limit, and a loop in which nothing is
-- left to happen before `done` was called.
-- @tparam function fn gets `done`
-- @tparam[opt=testing.timeout] integer ms time limit
-- @treturn function for `it`
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function waiting.async(fn, ms)
  check.dot(fn, "async(fn)")
  check.callable("fn", fn)
  if ms ~= nil then check.ms("ms", ms) end
  return function()
    local finished, failure = false, nil
    local function done(err)
      if finished then return end
      finished, failure = true, err
      net.stop()
    end
    local limit = check.limit(ms)
    fn(done)
    local result = run_until(function() return finished end, limit)
    if result == "timeout" then fail(("done was not called within %.14g ms"):format(limit), 2) end
    if result == "idle" then fail("done was not called, and nothing is left to happen that could call it", 2) end
    if failure ~= nil then error(failure, 0) end
  end
end

--- Makes a test function of one that runs as a task: straight-line code, in which everything that waits lets the rest
-- go on. It has a time limit, and what it raises fails the test, as does what others raise meanwhile.
-- @tparam function fn
-- @tparam[opt=testing.timeout] integer ms time limit
-- @treturn function for `it`
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function waiting.task(fn, ms)
  check.dot(fn, "task(fn)")
  check.callable("fn", fn)
  if ms ~= nil then check.ms("ms", ms) end
  return function(...)
    local limit = check.limit(ms)
    local due = timers.now() + limit - 1 -- a deadline is of finer time than the clock that is asked here
    local one = task.start(task.new(function(...) return time.timeout(limit, fn, ...) end), nil, ...)
    local ok, err = pcall(one.await, one)
    if ok then return end
    if one.state == "running" then one:cancel("the test has failed") end
    if type(err) == "table" and err.code == "ERR_TIMEOUT" and timers.now() >= due then
      fail(("the task was not over within %.14g ms: %s"):format(limit, err.traceback or ""), 2)
    end
    error(err, 0)
  end
end

local function field(name)
  return function(emitter) return emitter[name] end
end

-- Those that are accepted are connected from the start, without an event.
local function is_connected(emitter)
  return net.Socket:isInstance(emitter) and not emitter.server and not emitter.pending
end

local function is_closed(emitter)
  if not net.Server:isInstance(emitter) then return emitter.closed end
  return not emitter.listening and not rawget(emitter, "_resolving") and emitter.connections == 0
end

-- What tells that an event which comes once has come.
local CAME = {
  close = is_closed, connect = is_connected, ["end"] = field("readableEnded"), finish = field("writableFinished"),
  listening = field("listening"), ready = is_connected,
}

-- It may have come in the same turn as what was waited for before. Where the field is set, but the event still to come,
-- that needs a turn or two.
local function came_before(emitter, event, seen)
  if not CAME[event] or not CAME[event](emitter) then return false end
  for _ = 1, 3 do
    if seen() then return false end
    one_turn()
  end
  return not seen()
end

-- Of a stream that is waited at for `data`: what came when nobody waited, and nobody else listened.
local between = setmetatable({}, { __mode = "k" })

local function remember(emitter)
  if between[emitter] or not net.stream.Readable:isInstance(emitter) then return end
  local chunks = {}
  between[emitter] = chunks
  emitter:on("data", function(chunk)
    if emitter:listenerCount("data") == 1 then chunks[#chunks + 1] = chunk end
  end)
end

--- Runs the loop until an emitter emits an event, and gives back the event's arguments.
--
-- What comes once may have come already: then it returns at once. That is `close`, `end` and `finish` of a socket,
-- `connect` and `ready` of one that is connected, `listening` of a server that listens, and `close` of one that is not
-- open. The `data` of a stream that comes between two waits for it, while nobody else listens for it, is what the next
-- ones get. What was emitted before of anything else is not remembered.
-- @param emitter a socket, a server, any EventEmitter
-- @tparam string event
-- @tparam[opt=testing.timeout] integer ms time limit
-- @return what the event's listeners get
-- @raise what callbacks raise, an `error` event that nobody listens for among it; a message when the time is over, or
--   when nothing is left to happen that could emit the event; ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS, ERR_OUT_OF_RANGE
function waiting.wait(emitter, event, ms)
  check.dot(emitter, "wait(emitter, event)")
  check.emitter("emitter", emitter)
  if event == nil then errors.throw("ERR_MISSING_ARGS", "event") end
  local limit = check.limit(ms)
  if event == "data" then
    remember(emitter)
    local chunks = between[emitter]
    if chunks and #chunks > 0 then return table.remove(chunks, 1) end
  end
  local arguments
  local stop = is_in_task() and function() end or net.stop
  local function listener(...)
    arguments = pack(...)
    stop()
  end
  local function seen() return arguments ~= nil end
  emitter:once(event, listener)
  local ok, result = task.pcall(function()
    if came_before(emitter, event, seen) then
      local is_socket = event == "close" and not net.Server:isInstance(emitter)
      arguments = is_socket and pack(emitter.errored ~= nil) or pack()
      emitter:removeListener(event, listener)
    end
    return run_until(seen, limit)
  end)
  if not arguments then emitter:removeListener(event, listener) end
  if not ok then error(result, 0) end
  if result == "timeout" then
    fail(("no '%s' of %s within %.14g ms"):format(tostring(event), class_name(emitter), limit), 2)
  elseif result == "idle" then
    fail(("no '%s' of %s, and nothing is left to happen"):format(tostring(event), class_name(emitter)), 2)
  end
  return unpack(arguments, 1, arguments.n)
end

--- Runs the loop until a function says that it is enough: it is asked after each turn.
-- @tparam[opt] function condition without it the loop runs until nothing is left to happen. It is asked while the loop
--   runs, so it looks, and does not wait: `testing.wait`, `testing.run` and `net.run` raise ERR_LOOP_RUNNING in it
-- @tparam[opt=testing.timeout] integer ms time limit
-- @raise what callbacks raise; a message when the time is over, or when nothing is left to happen and the condition is
--   still not true; ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function waiting.run(condition, ms)
  check.dot(condition, "run(condition)")
  if condition ~= nil then check.callable("condition", condition) end
  local limit = check.limit(ms)
  local result
  if condition and is_in_task() then
    result = run_until(condition, limit)
  elseif condition then
    local watch = timers.setInterval(function()
      if condition() then net.stop() end
    end, 5)
    watch:unref()
    local ok
    ok, result = pcall(run_until, condition, limit)
    watch:close()
    if not ok then error(result, 0) end
    if result == "idle" then fail("the condition is not true, and nothing is left to happen", 2) end
  else
    result = run_until(function() return false end, limit)
  end
  if result == "timeout" then
    local what = condition and "the condition was not true" or "the loop was not done"
    fail(("%s within %.14g ms"):format(what, limit), 2)
  end
end

return waiting
