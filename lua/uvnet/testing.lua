--- Helpers for specs of programs that use the network: with busted, or any runner that calls functions and catches what
-- they raise.
--
--     local net, testing = require("net"), require("uvnet.testing")
--
--     describe("my service", function()
--       testing.leakCheck(before_each, after_each)
--
--       it("answers", testing.async(function(done)
--         local server = net.createServer(my_service):listen(testing.freePort())
--         local client = net.connect(server:address().port)
--         client:on("data", function(data)
--           assert.equal("hello", data)
--           client:destroy()
--           server:close(done)
--         end)
--       end))
--     end)
--
-- Every wait has a time limit, and what is raised in a callback fails the test.
--
-- Floor 11.

local check = require("uvnet.testing.check")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local net = require("uvnet")
local lists = require("uvnet.timers.lists")
local timers = require("uvnet.timers")

local unpack = table.unpack or unpack -- luacheck: ignore 143

local testing = {
  --- How many ms a wait may take where no other time is given.
  timeout = 5000,
}

local function fail(message, level) error(message, level + 1) end

local function pack(...) return { n = select("#", ...), ... } end

-- These are functions, not methods.
local function check_dot(first, call)
  if first == testing then errors._checkDot("testing." .. call) end
end

-- The time limit of a wait: the one that was given, or the one of all.
local function to_limit(ms)
  if ms ~= nil then
    check.ms("ms", ms)
    return ms
  end
  check.ms("testing.timeout", testing.timeout)
  return testing.timeout
end

local function describe(object)
  local metatable = getmetatable(object)
  local class = type(metatable) == "table" and rawget(metatable, "class")
  return class and class.__name or tostring(object)
end

-- Runs the loop until `finished()` is true. Gives back what it ended with: "finished", "timeout" or "idle", the latter
-- when nothing is left that could ever make it finish.
local function run_until(finished, ms)
  if finished() then return "finished" end
  local late = false
  local timer = timers.setTimeout(function()
    late = true
    net.stop()
  end, ms)
  -- It must not keep a loop alive in which nothing else is.
  timer:unref()
  local function turn()
    while not finished() do
      if late then return "timeout" end
      if not net.run() and not finished() and not late then return "idle" end
    end
    return "finished"
  end
  local result = pack(pcall(turn))
  timer:close()
  if not result[1] then error(result[2], 0) end
  return result[2]
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
function testing.async(fn, ms)
  check_dot(fn, "async(fn)")
  check.callable("fn", fn)
  if ms ~= nil then check.ms("ms", ms) end
  return function()
    local finished, failure = false, nil
    local function done(err)
      if finished then return end
      finished, failure = true, err
      net.stop()
    end
    local limit = to_limit(ms)
    fn(done)
    local result = run_until(function() return finished end, limit)
    if result == "timeout" then fail(("done was not called within %.14g ms"):format(limit), 2) end
    if result == "idle" then fail("done was not called, and nothing is left to happen that could call it", 2) end
    if failure ~= nil then error(failure, 0) end
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
    net.run("nowait")
  end
  return not seen()
end

--- Runs the loop until an emitter emits an event, and gives back the event's arguments.
--
-- What comes once may have come already: then it returns at once. That is `close`, `end` and `finish` of a socket,
-- `connect` and `ready` of one that is connected, `listening` of a server that listens, and `close` of one that is not
-- open. What was emitted before of anything else, `data` say, is not remembered.
-- @param emitter a socket, a server, any EventEmitter
-- @tparam string event
-- @tparam[opt=testing.timeout] integer ms time limit
-- @return what the event's listeners get
-- @raise what callbacks raise, an `error` event that nobody listens for among it; a message when the time is over, or
--   when nothing is left to happen that could emit the event; ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS, ERR_OUT_OF_RANGE
function testing.wait(emitter, event, ms)
  check_dot(emitter, "wait(emitter, event)")
  check.emitter("emitter", emitter)
  if event == nil then errors.throw("ERR_MISSING_ARGS", "event") end
  local limit = to_limit(ms)
  local arguments
  local function listener(...)
    arguments = pack(...)
    net.stop()
  end
  local function seen() return arguments ~= nil end
  emitter:once(event, listener)
  local ok, result = pcall(function()
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
    fail(("no '%s' of %s within %.14g ms"):format(tostring(event), describe(emitter), limit), 2)
  elseif result == "idle" then
    fail(("no '%s' of %s, and nothing is left to happen"):format(tostring(event), describe(emitter)), 2)
  end
  return unpack(arguments, 1, arguments.n)
end

--- Runs the loop until a function says that it is enough: it is asked after each turn.
-- @tparam[opt] function condition without it the loop runs until nothing is left to happen
-- @tparam[opt=testing.timeout] integer ms time limit
-- @raise what callbacks raise; a message when the time is over, or when nothing is left to happen and the condition is
--   still not true; ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function testing.run(condition, ms)
  check_dot(condition, "run(condition)")
  if condition ~= nil then check.callable("condition", condition) end
  local limit = to_limit(ms)
  local result
  if condition then
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
  if result == "timeout" then fail(("the loop was not done within %.14g ms"):format(limit), 2) end
end

--- A path for a unix socket, short enough for every system. No file is there.
-- @treturn string
function testing.tmpPath()
  -- Where os.tmpname makes the file at once, that keeps the name ours.
  local name = os.tmpname()
  os.remove(name)
  return name .. ".s"
end

--- A TCP port that is free at the moment.
-- @treturn integer
function testing.freePort()
  local server = net.createServer()
  server:listen(0)
  local port = server:address().port
  server:close()
  return port
end

--- Two connected sockets. Runs the loop, so it is not for callbacks.
--
-- The server that accepted is closed already; it closes fully once the server's side is closed.
-- @tparam[opt] table options `ipc`: true for a unix socket instead of TCP on 127.0.0.1; all others go to the server
--   (such as `allowHalfOpen`, `pauseOnConnect`) and to the client; `server` and `client`: tables with options for one
--   side
-- @treturn net.Socket the client
-- @treturn net.Socket the server's side
-- @raise ERR_INVALID_ARG_TYPE; what `net.Socket` and `net.createServer` raise
function testing.pair(options)
  check_dot(options, "pair(options)")
  check.options("options", options)
  options = options or {}
  check.options("options.server", options.server)
  check.options("options.client", options.client)
  local function merge(into, more)
    for key, value in pairs(more or {}) do
      into[key] = value
    end
    return into
  end
  local function own(side)
    local result = merge(merge({}, options), options[side])
    result.ipc, result.server, result.client = nil, nil, nil
    return result
  end

  local server = net.createServer(own("server"))
  local where = options.ipc and { path = testing.tmpPath() } or { port = 0, host = "127.0.0.1" }
  server:listen(where)
  testing.wait(server, "listening")
  if not options.ipc then where = { port = server:address().port, host = "127.0.0.1" } end
  local accepted
  server:on("connection", function(socket)
    accepted = socket
    server:close()
  end)
  local client = net.connect(merge(own("client"), where))
  testing.wait(client, "connect")
  if not accepted then testing.wait(server, "connection") end
  return client, accepted
end

-- A traceback of the test, without what runs it.
local function place()
  local lines = {}
  for line in debug.traceback("", 4):gsub("^\nstack traceback:\n", ""):gmatch("[^\n]+") do
    if line:find("%[C%]: in .-'x?pcall'") then break end
    if not line:find("(tail call)", 1, true) and not line:find("...tail calls...", 1, true) then
      lines[#lines + 1] = line
    end
  end
  return table.concat(lines, "\n")
end

-- Where sockets and servers were made, while `track` is on: a traceback for each.
local made_at = setmetatable({}, { __mode = "k" })
local originals

--- Remembers from now on where each socket and server is made, so that `check` can say so.
function testing.track()
  if originals then return end
  originals = {}
  for _, class in ipairs({ net.Socket, net.Server }) do
    local original = class.initialize
    originals[class] = original
    class.initialize = function(self, ...)
      made_at[self] = place()
      return original(self, ...)
    end
  end
end

--- Ends what `track` began.
function testing.untrack()
  if not originals then return end
  for class, original in pairs(originals) do
    class.initialize = original
  end
  originals = nil
end

local function close(object)
  -- Nobody is left to hear of what its end brings.
  object:removeAllListeners()
  object:on("error", function() end)
  if net.Server:isInstance(object) then
    object:close()
  else
    object:destroy()
  end
end

-- Closes the timeouts that keep the loop running, and names each.
local function close_timeouts()
  local found = {}
  for _, list in ipairs(lists.heap) do
    local timeout = list._next
    while timeout ~= list do
      if timeout._ref then found[#found + 1] = timeout end
      timeout = timeout._next
    end
  end
  local names = {}
  for i, timeout in ipairs(found) do
    local kind = timeout._repeats and "an interval" or "a timeout"
    names[i] = ("%s of %d ms"):format(kind, timeout._duration)
    timeout:close()
  end
  return names
end

local TURNS = 10 -- what was closed needs one or two turns of the loop to be gone

-- A few turns that do not wait. Gives back whether something active is left, and the first thing that was raised.
local function settle()
  local raised, active
  for _ = 1, TURNS do
    local ok, result = pcall(net.run, "nowait")
    if ok then
      active = result
      if core.open_handles() == 0 then break end
    elseif not raised then
      raised = pack(result)
    end
  end
  return active, raised
end

local function name_of(object)
  local text = describe(object)
  local ok, address = pcall(object.address, object)
  if ok and type(address) == "table" and address.port then
    text = ("%s on %s:%d"):format(text, address.address, address.port)
  elseif ok and type(address) == "string" then
    text = text .. " on " .. address
  end
  local server = object.server
  local made = made_at[object] or (server and made_at[server])
  if not made then return text .. "; testing.track() tells where it was made" end
  return text .. (server and ", accepted by the server made at\n" or ", made at\n") .. made
end

--- Raises a message that names the sockets and servers that are still open, where each was made if `track` is on, and
-- other things for which the loop would go on running: timeouts, immediates, lookups. What is open is closed, so that
-- the next test begins anew. For `after_each`.
-- @raise a message; what callbacks raise meanwhile
function testing.check()
  local active, raised = settle()
  local complaints = {}
  for _, object in ipairs(core.open_objects()) do
    complaints[#complaints + 1] = name_of(object)
  end
  if #complaints > 0 then
    for _, object in ipairs(core.open_objects()) do
      close(object)
    end
    settle()
    table.insert(complaints, 1, "left open:")
  elseif core.open_handles() > 0 then
    complaints[1] = ("left open: %d handles without a socket or a server"):format(core.open_handles())
  elseif active then
    local names = close_timeouts()
    local what = #names > 0 and table.concat(names, ", ") or "an immediate or a lookup"
    complaints[1] = ("nothing is left open, but %s keeps the loop running"):format(what)
  end
  if raised then
    if #complaints == 0 then error(raised[1], 0) end
    complaints[#complaints + 1] = "and a callback raised: " .. tostring(raised[1])
  end
  if #complaints > 0 then error(table.concat(complaints, "\n"), 0) end
end

--- Checks after each test of a `describe` that nothing was left open: `testing.leakCheck(before_each, after_each)`.
-- @tparam function before_each busted's
-- @tparam function after_each busted's
-- @raise ERR_INVALID_ARG_TYPE
function testing.leakCheck(before_each, after_each)
  check_dot(before_each, "leakCheck(before_each, after_each)")
  check.callable("before_each", before_each)
  check.callable("after_each", after_each)
  before_each(testing.track)
  after_each(function()
    testing.untrack()
    testing.check()
  end)
end

return testing
