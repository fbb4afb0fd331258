-- What every case uses: the API under one roof, and a trace in a form that both languages share. Its twin: prelude.js.

local net = require("uvnet")
local Error = net.errors
local EventEmitter = net.events
local timers = net.timers
local traces = require("show")

local LIMIT = 15000 -- ms: no case takes longer
local TURNS = 10 -- of the loop: what `later` waits for at least

-- Lua has no mkdtemp. os.tmpname makes a file that nobody else has; a directory beside it is nobody else's either.
local dir = os.tmpname()
os.remove(dir)
os.execute("mkdir " .. dir)

traces.hide(dir)

local sections = { main = {} }

local line = traces.line

-- A trace of its own for one actor: the order between actors may be free, the order of one's own lines never is.
local function actor(name)
  sections[name] = sections[name] or {}
  local lines = sections[name]
  return function(label, ...) lines[#lines + 1] = line(label, ...) end
end

local log = actor("main")

local function print_section(lines)
  for _, one in ipairs(lines) do
    print(type(one) == "string" and one or line("data", one.data))
  end
end

local function print_all()
  local names = {}
  for name in pairs(sections) do
    if name ~= "main" then names[#names + 1] = name end
  end
  table.sort(names)
  print_section(sections.main)
  for _, name in ipairs(names) do
    print("-- " .. name)
    print_section(sections[name])
  end
end

local STREAM_EVENTS = { "lookup", "connect", "ready", "data", "end", "timeout", "drain", "error", "finish", "close" }
local SERVER_EVENTS = { "listening", "connection", "drop", "error", "close" }

-- Listens for the events and writes them into the actor's trace; successive data is one line, however it was cut.
local function watch(emitter, name, events)
  local add = actor(name)
  local lines = sections[name]
  for _, event in ipairs(events or (net.Server:isInstance(emitter) and SERVER_EVENTS or STREAM_EVENTS)) do
    if event == "data" then
      emitter:on(event, function(data)
        local last = lines[#lines]
        if type(last) == "table" and type(data) == "string" then
          last.data = last.data .. data
        else
          lines[#lines + 1] = { data = data }
        end
      end)
    else
      emitter:on(event, function(...) add(event, ...) end)
    end
  end
  return add
end

-- What the function returns, or the error that it throws.
local function attempt(fn)
  local _, result = pcall(fn)
  return result
end

-- One row of a table of wrong calls.
local function bad(label, fn)
  local ok, result = pcall(fn)
  if ok and not Error:isInstance(result) then result = "no error" end
  log(label, result)
end

local paths = 0

local function temp_path(name)
  paths = paths + 1
  return dir .. "/" .. (name or "s" .. paths)
end

local function pair(options, fn)
  local client, peer, connected
  local function check()
    if connected and peer then timers.setImmediate(function() fn(client, peer) end) end
  end
  local server
  server = net.createServer(options.server or {}, function(socket)
    server:close()
    peer = socket
    check()
  end)
  local function start(target)
    for key, value in pairs(options.client or {}) do
      target[key] = value
    end
    client = net.connect(target)
    client:once("connect", function()
      connected = true
      check()
    end)
  end
  if options.unix then
    local path = temp_path()
    server:listen(path, function() start({ path = path }) end)
  else
    server:listen(0, "127.0.0.1", function() start({ port = server:address().port, host = "127.0.0.1" }) end)
  end
end

-- Some milliseconds later, and some turns of the loop: whatever was on its way has arrived, also on a machine that is
-- too busy to let us run all that time.
local function later(fn, ms)
  local pause = math.ceil((ms or 30) / TURNS)
  local left = TURNS
  local function step()
    left = left - 1
    if left == 0 then return fn() end
    timers.setTimeout(function() timers.setImmediate(step) end, pause)
  end
  timers.setTimeout(step, pause)
end

-- One function after the other, each a while later.
local function steps(list)
  local at = 0
  local function step()
    at = at + 1
    list[at]()
    if at < #list then later(step) end
  end
  later(step)
end

local function shell(format, ...)
  local pipe = io.popen(format:format(...))
  local out = pipe:read("*a")
  pipe:close()
  return (out:gsub("%s+$", ""))
end

local here = debug.getinfo(1, "S").source:match("^@(.*)/[^/]*$") or "."

local prelude = {
  childProcess = net.child_process,
  -- A child that does what it is told by messages: child.js, child.lua.
  forkChild = function(options)
    local given = { execArgv = {} }
    for key, value in pairs(options or {}) do
      given[key] = value
    end
    return net.child_process.fork(here .. "/child.lua", {}, given)
  end,
  -- A worker that does what it is told by messages: worker.js, worker.lua. What it says goes into a trace of its own.
  forkWorker = function(env)
    local cluster = net.cluster
    if not cluster.settings.exec or not cluster.settings.exec:find("worker%.lua$") then
      cluster.setupPrimary({ exec = here .. "/worker.lua", execArgv = {} })
    end
    local worker = cluster.fork(env)
    local add = watch(worker, "worker " .. worker.id, { "online", "disconnect", "error" })
    -- The system tells of an end and of a closed channel in either order.
    worker:on("exit", function(code, signal)
      if not worker:isConnected() then return add("exit", code, signal) end
      worker:once("disconnect", function() add("exit", code, signal) end)
    end)
    return worker
  end,
  -- What comes over a connection until its end.
  ask = function(options, fn)
    local text = ""
    local socket = net.connect(options)
    socket:on("data", function(data) text = text .. data end)
    socket:on("error", function(err) text = text .. "(" .. err.code .. ")" end)
    socket:on("close", function() fn(text) end)
    return socket
  end,
  spawn = function(file, args, options) return net.child_process.spawn(file, args or {}, options or {}) end,
  net = net,
  dns = net.dns,
  EventEmitter = EventEmitter,
  Error = Error,
  Readable = net.stream.Readable,
  Writable = net.stream.Writable,
  Duplex = net.stream.Duplex,
  Transform = net.stream.Transform,
  PassThrough = net.stream.PassThrough,
  pipeline = net.stream.pipeline,
  finished = net.stream.finished,
  setTimeout = timers.setTimeout,
  clearTimeout = timers.clearTimeout,
  setInterval = timers.setInterval,
  clearInterval = timers.clearInterval,
  setImmediate = timers.setImmediate,
  clearImmediate = timers.clearImmediate,
  nextTick = timers.nextTick,
  log = log,
  actor = actor,
  watch = watch,
  attempt = attempt,
  bad = bad,
  bytes = string.char,
  rep = string.rep,
  size = string.len,
  firstOf = function(text, count) return text:sub(1, count) end,
  lastOf = function(text, count) return text:sub(-count) end,
  newError = function(message) return Error(message) end,
  later = later,
  steps = steps,
  listen = function(server, fn)
    return server:listen(0, "127.0.0.1", function() fn(server:address().port) end)
  end,
  -- A connected client and its peer on the server's side, both idle; the server is closed already.
  -- options: unix, client (for net.connect), server (for net.createServer).
  pair = pair,
  tempPath = temp_path,
  -- io.open cannot open a socket, and os.rename onto itself does nothing.
  exists = function(path) return os.rename(path, path) ~= nil end,
  -- The permission bits, as digits.
  mode = function(path) return shell("stat -c %%a '%s'", path) end,
  chmod = function(path, digits) shell("chmod %s '%s'", digits, path) end,
  writeFile = function(path, text)
    local file = assert(io.open(path, "w"))
    file:write(text)
    file:close()
  end,
  unlink = function(path) os.remove(path) end,
  -- Gives the file a second name.
  linkTo = function(path, other) shell("ln '%s' '%s'", path, other) end,
  -- The named fields of a value, for one line of the trace.
  fieldsOf = function(object, names)
    local out = {}
    for _, name in ipairs(names) do
      out[name] = object[name]
    end
    return out
  end,
}

-- Only some cases need it.
setmetatable(prelude, { __index = function(_, name) return name == "cluster" and net.cluster or nil end })

local function leave(status)
  print_all()
  os.execute("rm -r '" .. dir .. "'")
  io.stdout:flush()
  os.exit(status)
end

--- Plays one case: its file, then the loop until it is empty.
-- When an error comes out of the loop is up to the language;
-- that it does, and in which order, is not.
function prelude.play(file)
  local guard = timers.setTimeout(function()
    log("TIMEOUT")
    leave(1)
  end, LIMIT)
  guard:unref()
  local case = assert(loadfile(file))
  local ok, err = pcall(case)
  if not ok then actor("uncaught")("error", err) end
  repeat
    ok, err = pcall(net.run)
    if not ok then actor("uncaught")("error", err) end
  until ok
  print_all()
  os.execute("rm -r '" .. dir .. "'")
end

return prelude
