-- A hook that raises once, at each place of the library's own lines, in programs of a few kinds: nothing may be lost,
-- no loop left open, nothing else raised. What the hook has raised comes out of net.run().
-- usage: stress/run interrupts [SECONDS [FIRST]]    SECONDS for each program (default: 12); places are taken with
--                                                   a stride that fits into the time, from FIRST on

local core = require("uvnet.core")
local net = require("uvnet")
local testing = require("uvnet.testing")
local timers = net.timers

local seconds = tonumber(arg[1]) or 12
local first = tonumber(arg[2]) or 1
local jit = rawget(_G, "jit")
if jit then jit.off() end -- compiled code calls no hooks

local programs = {}

-- Each adds up in `log` what happens, and says what has to have happened at the end.

local function note(log, name)
  return function() log[name] = (log[name] or 0) + 1 end
end

local function watch(log, name, emitter, ...)
  for _, event in ipairs({ ... }) do
    emitter:on(event, note(log, name .. "." .. event))
  end
  emitter:on("error", function(err) log[name .. ".error"] = tostring(err) end)
end

local function echo(log, address, ...)
  local arguments = { ... }
  local bytes = 0
  local server = net.createServer(function(socket)
    watch(log, "accepted", socket, "end", "close")
    socket:on("data", function(data) socket:write(data) end)
  end)
  watch(log, "server", server, "close", "connection")
  server:listen(address, ...)
  server:on("listening", function()
    local at = server:address()
    local client = type(at) == "table" and net.connect(at.port, arguments[1]) or net.connect(address)
    watch(log, "client", client, "connect", "end", "finish")
    client:on("connect", function()
      client:write("hello", note(log, "written"))
      client:finish(("x"):rep(5000))
    end)
    client:on("data", function(data)
      bytes = bytes + #data
      log.bytes = bytes
    end)
    client:on("close", function()
      log["client.close"] = (log["client.close"] or 0) + 1
      server:close()
    end)
  end)
  return {
    ["accepted.end"] = 1, ["accepted.close"] = 1, ["server.close"] = 1, ["server.connection"] = 1,
    ["client.connect"] = 1, ["client.end"] = 1, ["client.finish"] = 1, ["client.close"] = 1, written = 1, bytes = 5005,
  }
end

function programs.echo(log) return echo(log, testing.tmpPath()) end

function programs.tcp(log) return echo(log, 0, "127.0.0.1") end

function programs.pipe(log)
  local server = net.createServer(function(socket)
    watch(log, "accepted", socket, "close")
    socket:setTimeout(10000)
    socket:pipe(socket)
  end)
  watch(log, "server", server, "close")
  server:listen(0, "127.0.0.1", function()
    local client = net.connect({ port = server:address().port, host = "127.0.0.1" })
    local bytes = 0
    client:setEncoding("utf8")
    watch(log, "client", client, "end")
    client:on("readable", function()
      local chunk = client:read()
      while chunk do
        bytes = bytes + #chunk
        chunk = client:read()
      end
      log.bytes = bytes
    end)
    client:write(("y"):rep(400000))
    client:cork()
    client:write("a")
    client:write("b", note(log, "written"))
    client:uncork()
    client:finish("c")
    client:on("close", function()
      log["client.close"] = (log["client.close"] or 0) + 1
      server:close()
    end)
  end)
  return {
    ["accepted.close"] = 1, ["server.close"] = 1, ["client.end"] = 1, ["client.close"] = 1, written = 1, bytes = 400003,
  }
end

function programs.timers(log)
  local interval
  interval = timers.setInterval(function()
    note(log, "interval")()
    if log.interval == 3 then interval:close() end
  end, 1)
  timers.setTimeout(function()
    note(log, "one")()
    timers.nextTick(note(log, "tick"))
  end, 2)
  timers.setTimeout(note(log, "two"), 2)
  timers.setTimeout(note(log, "three"), 3)
  local cleared = timers.setTimeout(note(log, "cleared"), 1000)
  timers.setImmediate(function()
    note(log, "immediate")()
    cleared:close()
    timers.setImmediate(note(log, "next immediate"))
  end)
  timers.nextTick(function() timers.nextTick(note(log, "second tick")) end)
  return {
    interval = 3, one = 1, two = 1, three = 1, tick = 1, immediate = 1, ["next immediate"] = 1, ["second tick"] = 1,
  }
end

function programs.connect(log)
  local port = programs.refusing
  local refused = net.connect(port, "127.0.0.1")
  refused:on("error", note(log, "refused"))
  refused:on("close", note(log, "refused close"))
  local absent = net.connect(testing.tmpPath())
  absent:on("error", note(log, "absent"))
  absent:on("close", note(log, "absent close"))
  net.dns.lookup("127.0.0.1", note(log, "lookup"))
  local named = net.connect(port, "localhost")
  named:on("error", note(log, "named"))
  named:on("close", note(log, "named close"))
  return {
    refused = 1, ["refused close"] = 1, absent = 1, ["absent close"] = 1, lookup = 1, named = 1, ["named close"] = 1,
  }
end

function programs.close(log)
  local server = net.createServer({ allowHalfOpen = true }, function(socket)
    watch(log, "accepted", socket, "close")
    socket:resume()
  end)
  watch(log, "server", server, "close")
  server:listen(0, "127.0.0.1", function()
    local client = net.connect(server:address().port, "127.0.0.1")
    watch(log, "client", client, "close")
    client:setTimeout(2, function()
      note(log, "timeout")()
      client:destroySoon()
    end)
  end)
  server:on("connection", note(log, "connection"))
  server:on("connection", function(socket)
    socket:on("end", function() socket:destroy() end)
    server:close()
  end)
  return { ["accepted.close"] = 1, ["server.close"] = 1, ["client.close"] = 1, timeout = 1, connection = 1 }
end

-- ---- the hook ----

local where -- it has raised

local function is_ours()
  local source = debug.getinfo(3, "S").source
  return source:find("uvnet/", 1, true) and not source:find("stress/", 1, true)
end

-- After so many instructions, or at the first of the library's that follows.
local function raise_at(place)
  local function hook()
    if not is_ours() then
      debug.sethook(hook, "", 1)
      return
    end
    local info = debug.getinfo(2, "Sl")
    where = info.source:gsub("^.*uvnet/", "") .. ":" .. info.currentline
    debug.sethook()
    error("a hook", 0)
  end
  debug.sethook(hook, "", place)
end

local counted, UNIT = 0, 10

local function count_places()
  counted = 0
  debug.sethook(function() counted = counted + UNIT end, "", UNIT)
end

local function close_all()
  for _, object in ipairs(core.open_objects()) do
    pcall(function()
      object:removeAllListeners()
      object:on("error", function() end);
      (object.destroy or object.close)(object)
    end)
  end
  for _ = 1, 20 do
    if not net.run("nowait") then break end
  end
end

-- Runs a program once; a list of what is wrong.
local function try(program, set_hook, place)
  local log, wrong = {}, {}
  local expected = program(log)
  where = nil
  local raised = 0
  local late = false
  local watchdog = timers.setTimeout(function()
    late = true
    net.stop()
  end, 8000):unref()
  set_hook(place)
  for _ = 1, 20 do
    local ok, err = pcall(net.run)
    if ok or late then break end
    if tostring(err):find("^a hook") then
      raised = raised + 1
    else
      wrong[#wrong + 1] = "raised " .. tostring(err):match("^[^\n]*")
    end
  end
  debug.sethook()
  watchdog:close()
  if late then wrong[#wrong + 1] = "not done after 8 s" end
  if where and raised ~= 1 then wrong[#wrong + 1] = ("the hook was raised %d times"):format(raised) end
  for name, count in pairs(expected) do
    local got = log[name]
    if got ~= count then wrong[#wrong + 1] = ("%s: %s, not %s"):format(name, tostring(got), tostring(count)) end
  end
  for name, value in pairs(log) do
    if expected[name] == nil then wrong[#wrong + 1] = ("%s: %s"):format(name, tostring(value)) end
  end
  if core.open_handles() > 0 then wrong[#wrong + 1] = ("%d handles are open"):format(core.open_handles()) end
  if #wrong > 0 then close_all() end
  return wrong, where
end

programs.refusing = testing.freePort()
local failed = 0
for _, name in ipairs({ "echo", "tcp", "pipe", "timers", "connect", "close" }) do
  local program = programs[name]
  local from = timers.now()
  local wrong = try(program, count_places)
  assert(#wrong == 0, name .. ", without a raise: " .. table.concat(wrong, "; "))
  local places = counted
  local cost = (timers.now() - from) / 2
  local stride = math.max(1, math.ceil(places * cost / (seconds * 1000)))
  local tried, bad = 0, 0
  for place = first, places, stride do
    if timers.now() - from > seconds * 2000 then break end
    local complaints, at = try(program, raise_at, place)
    tried = tried + 1
    if #complaints > 0 then
      bad = bad + 1
      if bad <= 20 then
        print(("%s, place %d (%s): %s"):format(name, place, tostring(at), table.concat(complaints, "; ")))
      end
    end
  end
  failed = failed + bad
  print(("%s: %d of %d places tried, %d wrong"):format(name, tried, places, bad))
end
os.exit(failed == 0 and 0 or 1)
