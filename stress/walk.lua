-- A random walk: applies random calls, legal and illegal, at random moments, to a population of servers, sockets and
-- timers, and holds the laws that every one of them has to keep:
--
-- * `close` comes once, and nothing after it; `end`, `finish`, `connect` and `error` come at most once before it;
-- * bytes arrive as they were sent, in order, and all of them where both ends finished without an error;
-- * each callback of a write is called once; a timeout fires once, or never when it was cleared;
-- * the counters agree: bytesRead, bytesWritten, a server's connections;
-- * what a listener raises comes out of net.run, and nothing else does that is not an Error;
-- * once everything is closed, no handle is open and nothing keeps the loop running.
--
-- usage: lua stress/walk.lua [STEPS [SEED]]
-- The seed is printed: the same seed makes the same calls, as far as the system answers in the same order.

local core = require("uvnet.core")
local net = require("uvnet")
local timers = require("uvnet.timers")

local steps = tonumber(arg[1]) or 200000
local seed = tonumber(arg[2]) or os.time() % 1000000 + 1
local ROUND = 2500 -- steps after which everything is closed and counted
local PEOPLE, SERVERS = 30, 4
local HOST = "127.0.0.1"

io.stdout:setvbuf("line")
print(("walk: %d steps, seed %d, %s"):format(steps, seed, jit and jit.version or _VERSION))

-- A generator that is the same on every Lua.
local state = seed % 2147483646 + 1
local function random(n)
  state = state * 16807 % 2147483647
  return state % n + 1
end
local function chance(percent) return random(100) <= percent end
local function one_of(list) return list[random(#list)] end

local step, checked, sent_total, calls_back, raised, caught = 0, 0, 0, 0, 0, 0
local seen = {} -- how often each thing happened
local function count(name) seen[name] = (seen[name] or 0) + 1 end

local function broken(law, who)
  local id = who and ("%s %d"):format(who.kind, who.id) or "the whole"
  local story = who and who.story and table.concat(who.story, " ", math.max(1, #who.story - 200)) or ""
  io.stderr:write(("walk: broken in step %d of seed %d: %s: %s\n%s\n%s\n"):format(
    step, seed, id, law, story, debug.traceback()))
  os.exit(1)
end
local function hold(condition, law, who)
  if not condition then broken(law, who) end
end

-- What is sent: a head that says who sends it, and then a pattern in which each place knows its neighbours.
local PERIOD = 65521
local pieces = {}
for i = 1, PERIOD do
  pieces[i] = string.char((i * i + i * 7) % 251)
end
local pattern = table.concat(pieces)
pattern = pattern:rep(27) -- long enough for the longest write at any place
local hex_of = {}
for i = 0, 255 do
  hex_of[string.char(i)] = ("%02x"):format(i)
end
local function to_hex(data) return (data:gsub(".", hex_of)) end
local function from_hex(text)
  return (text:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

local people, servers, waiting_timers = {}, {}, {}
local everyone = {} -- by id
local ids = 0
local act -- does something at random

local function tell(who, text)
  local story = who.story
  story[#story + 1] = text
  if #story > 400 then
    for _ = 1, 200 do
      table.remove(story, 1)
    end
  end
end

local function new_life(who)
  who.sent, who.got, who.head = 0, 0, ""
  who.closed, who.ended, who.finished, who.connected, who.failed = false, false, false, false, false
  who.finishing, who.peer = false, nil
  who.life = who.life + 1
end

-- The next bytes of a socket's stream.
local function next_bytes(who, size)
  local at = who.sent % PERIOD
  return pattern:sub(at + 1, at + size)
end

local function check_bytes(who, data)
  if who.hex then data = from_hex(data) end
  local size = #data
  checked = checked + size
  if #who.head < 8 then
    local taken = data:sub(1, 8 - #who.head)
    who.head = who.head .. taken
    data = data:sub(#taken + 1)
    if #who.head == 8 then
      who.peer, who.peer_life = everyone[tonumber(who.head:sub(1, 6))], tonumber(who.head:sub(7))
      hold(who.peer and who.peer_life, "the head is not what was sent: " .. to_hex(who.head), who)
    end
  end
  local at = who.got % PERIOD
  local rest, place = #data, 1
  while rest > 0 do
    local part = math.min(rest, PERIOD)
    if data:sub(place, place + part - 1) ~= pattern:sub(at + 1, at + part) then
      local story = who.peer and table.concat(who.peer.story, " ") or ""
      broken(("bytes behind %d are not those that were sent%s; of the other side: %s"):format(
        who.got, who.hex and ", in hex" or "", story), who)
    end
    at = (at + part) % PERIOD
    place, rest = place + part, rest - part
  end
  who.got = who.got + #data
  who.taken = who.taken + size
end

local function inside(who)
  if chance(12) then act(who) end
  -- Where two listen for `data`, as in a pipe, an error of the first takes the chunk from the second.
  if chance(1) and chance(30) and not who.echo then
    raised = raised + 1
    error({ walk = true })
  end
end

local function alive(who, event)
  count(event)
  tell(who, event)
  hold(not who.closed, event .. " after close", who)
end

local function once(who, event, field)
  alive(who, event)
  hold(not who[field], event .. " twice", who)
  who[field] = true
end

-- A reset takes what is on its way, and the system may tell the other side `end` all the same. It comes of
-- resetAndDestroy, and of closing a connection with data unread.
local function check_end(who)
  local peer = who.peer
  if peer and (peer.reset or peer.socket.destroyed and not peer.ended) then return end
  -- Of what comes back from an echo, what the other side did with it is not known.
  if not peer or peer == who or peer.life % 100 ~= who.peer_life then return end
  if who.failed or peer.failed or not peer.finished then return end
  if who.got ~= peer.sent then
    broken(("got %d of %d bytes; of the other side: %s"):format(who.got, peer.sent, table.concat(peer.story, " ")), who)
  end
  count("whole streams")
end

local listeners = {
  connect = function(who) once(who, "connect", "connected") end,
  ready = function(who) alive(who, "ready") end,
  lookup = function(who) alive(who, "lookup") end,
  drain = function(who) alive(who, "drain") end,
  timeout = function(who) alive(who, "timeout") end,
  -- These two answer a call, which may come late.
  pause = function(who) tell(who, "paused") end,
  resume = function(who) tell(who, "resumed") end,
  finish = function(who) once(who, "finish", "finished") end,
  ["end"] = function(who)
    once(who, "end", "ended")
    local socket = who.socket
    if not who.hex then hold(socket.bytesRead == who.taken, "bytesRead is not what was read", who) end
    check_end(who)
  end,
}

local function listen_to(who)
  local socket = who.socket
  socket:on("data", function(data)
    alive(who, "data")
    hold(not who.ended, "data after end", who)
    hold(#data > 0, "data that is empty", who)
    check_bytes(who, data)
    inside(who)
  end)
  socket:on("error", function(err)
    once(who, "error", "failed")
    hold(type(err) == "table" and err.message, "error without an Error", who)
    inside(who)
  end)
  socket:on("close", function(had_error)
    once(who, "close", "closed")
    hold(socket.destroyed and not socket._handle, "close of a socket that is not", who)
    hold(had_error == who.failed, "close says another thing than error", who)
    if who.finished and not who.failed and not who.echo and not who.lost then
      hold(socket.bytesWritten == who.sent + 8, "bytesWritten is not what was written", who)
    end
    inside(who)
  end)
  -- Some things happen only where nobody looks: so not everyone listens for everything.
  for event, listener in pairs(listeners) do
    local needed = event == "finish" or event == "end"
    if who.watched or (needed and chance(70)) or chance(20) then
      socket:on(event, function()
        listener(who)
        inside(who)
      end)
    end
  end
end

local function join(kind, socket)
  ids = ids + 1
  local who = { kind = kind, id = ids, socket = socket, life = 0, story = {}, taken = 0, callbacks = 0 }
  who.watched = chance(50)
  new_life(who)
  everyone[ids] = who
  people[#people + 1] = who
  return who
end

local function write_head(who)
  who.socket:write(("%06d%02d"):format(who.id, who.life % 100))
end

local function on_connection(server, socket)
  local who = join("accepted", socket)
  who.connected = true
  server.accepted[#server.accepted + 1] = socket
  who.echo = server.echo
  listen_to(who)
  if server.echo then
    -- What comes back is the client's own stream, with its own head.
    socket:pipe(socket)
  else
    write_head(who)
  end
  inside(who)
end

local function forget(list, item)
  for i = 1, #list do
    if list[i] == item then
      list[i] = list[#list]
      list[#list] = nil
      return
    end
  end
end

-- Once: as in Node, closing a server that is closed has it emit `close` again.
local function close_server(who)
  if not who.closing then who.server:close() end
  who.closing = true
end

local function new_server()
  local options = { allowHalfOpen = chance(30), pauseOnConnect = chance(5), noDelay = chance(20) }
  local server = net.createServer(options)
  ids = ids + 1
  local who = { kind = "server", id = ids, server = server, accepted = {}, echo = chance(30), story = {} }
  if chance(20) then server.maxConnections = random(5) end
  server:on("connection", function(socket)
    alive(who, "connection")
    if options.pauseOnConnect then socket:resume() end
    on_connection(who, socket)
  end)
  server:on("drop", function() alive(who, "drop") end)
  server:on("listening", function()
    alive(who, "listening")
    if chance(5) then close_server(who) end
  end)
  server:on("error", function() alive(who, "server error") end)
  server:on("close", function()
    once(who, "close", "closed")
    hold(not server.listening and server.connections == 0, "close of a server that is open", who)
  end)
  if chance(50) then
    who.where = { port = 0, host = HOST }
  else
    who.path = os.tmpname()
    os.remove(who.path)
    who.path = who.path .. ".s"
    who.where = { path = who.path }
  end
  server:listen(who.where)
  servers[#servers + 1] = who
end

local function target()
  local who = #servers > 0 and one_of(servers)
  local address = who and who.server.listening and who.server:address()
  if chance(5) then return { port = 1, host = HOST } end
  if chance(3) then return { path = "/nowhere/at/all" } end
  if not address then return nil end
  if type(address) == "string" then return { path = address } end
  return { port = address.port, host = chance(10) and "localhost" or HOST }, who
end

local function new_client()
  local where, server = target()
  if not where then return end
  local socket = net.Socket({ allowHalfOpen = chance(30), highWaterMark = chance(10) and random(5000) or nil })
  local who = join("client", socket)
  if chance(10) and not (server and server.echo) then
    who.hex = true
    socket:setEncoding("hex")
  end
  listen_to(who)
  socket:connect(where)
  write_head(who)
end

local SIZES = { 0, 1, 2, 100, 1000, 1000, 16384, 16385, 70000, 300000 }

local function write(who)
  local socket = who.socket
  if who.echo or socket.writableLength > 2000000 then return end
  local size = one_of(SIZES)
  if size == 300000 and chance(10) then size = 1600000 end
  local ok = not socket.destroyed and not socket.writableEnded
  local data = next_bytes(who, size)
  local callback
  if chance(50) then
    local called = false
    who.callbacks = who.callbacks + 1
    callback = function()
      hold(not called, "a callback of write was called twice", who)
      called = true
      calls_back = calls_back + 1
      who.callbacks = who.callbacks - 1
      inside(who)
    end
  end
  -- Before the call: listeners may write more from within it.
  if ok then
    who.sent = who.sent + size
    sent_total = sent_total + size
  end
  local way = random(10)
  if way == 1 and size < 20000 then
    socket:write(to_hex(data), "hex", callback)
  elseif way == 2 and size > 2 then
    socket:write({ data:sub(1, 1), data:sub(2) }, callback)
  else
    socket:write(data, callback)
  end
end

local BAD_CALLS = {
  function(socket) socket:write(42) end,
  function(socket) socket:write("x", "klingon") end,
  function(socket) socket:connect({}) end,
  function(socket) socket:connect(70000) end,
  function(socket) socket:setTimeout("soon") end,
  function(socket) socket:on("data", 5) end,
  function(socket) socket:setEncoding("klingon") end,
  function() net.run() end,
  function() net.createServer(5) end,
  function() timers.setTimeout("x") end,
}

local function call_badly(who)
  local bad = one_of(BAD_CALLS)
  if bad == BAD_CALLS[8] and not core.running() then return end
  -- As in Node, nobody looks at these any more.
  if bad == BAD_CALLS[5] and who.socket.destroyed then return end
  if (bad == BAD_CALLS[1] or bad == BAD_CALLS[2]) and who.socket.writableEnded then return end
  local ok, err = pcall(bad, who.socket)
  hold(not ok, "a wrong call was taken", who)
  hold(type(err) == "table" and err.code, "a wrong call raises no Error: " .. tostring(err), who)
end

local function noop() end

local OPERATIONS = {
  { 40, write = write },
  { 3, finish = function(who) who.socket:finish() end },
  { 2, destroy = function(who) who.socket:destroy() end },
  { 1, fail = function(who) who.socket:destroy(net.errors("by intent")) end },
  { 1, soon = function(who) who.socket:destroySoon() end },
  { 1, reset = function(who)
    who.reset = true
    pcall(who.socket.resetAndDestroy, who.socket)
  end },
  { 5, pause = function(who) who.socket:pause() end },
  { 9, resume = function(who) who.socket:resume() end },
  -- Of an echo two listen for data: a read within the first would give the second the later chunk first, as in Node.
  { 3, read = function(who)
    if who.echo then return end
    who.socket:read(chance(50) and 2 * random(500) or nil)
  end },
  { 3, cork = function(who)
    local socket = who.socket
    socket:cork()
    timers.nextTick(function() socket:uncork() end)
  end },
  { 2, timeout = function(who) who.socket:setTimeout(random(20) - 1) end },
  { 2, option = function(who)
    who.socket:setNoDelay(chance(50))
    who.socket:setKeepAlive(chance(50), random(5000))
  end },
  { 2, ref = function(who) if chance(50) then who.socket:unref() else who.socket:ref() end end },
  { 2, look = function(who)
    local socket = who.socket
    noop(socket:address(), socket.remoteAddress, socket.readyState, socket.bufferSize, tostring(socket))
  end },
  { 2, listen = function(who)
    who.socket:on("data", noop)
    who.socket:removeListener("data", noop)
  end },
  { 1, bad = call_badly },
  { 1, again = function(who)
    if who.kind ~= "client" or not who.closed or who.hex then return end
    local where = target()
    if not where or who.callbacks > 0 then return end
    new_life(who)
    who.taken, who.lost = 0, true
    who.socket:connect(where)
    who.socket:resume()
    write_head(who)
  end },
}

local wheel = {}
for _, operation in ipairs(OPERATIONS) do
  for name, call in pairs(operation) do
    if name ~= 1 then
      for _ = 1, operation[1] do
        wheel[#wheel + 1] = { name, call }
      end
    end
  end
end

local depth = 0
function act(who)
  if depth > 2 then return end
  depth = depth + 1
  step = step + 1
  who = chance(70) and who.socket and who or (#people > 0 and one_of(people)) or who
  if who.socket then
    local operation = one_of(wheel)
    tell(who, "(" .. operation[1])
    count(operation[1])
    local ok, err = pcall(operation[2], who)
    depth = depth - 1
    tell(who, ")")
    if not ok then error(err, 0) end
  else
    depth = depth - 1
  end
end

local function new_timer()
  local timer = {}
  waiting_timers[timer] = true
  timer.timeout = timers.setTimeout(function()
    hold(waiting_timers[timer], "a timeout fired twice, or after it was cleared")
    waiting_timers[timer] = nil
    count("timeouts")
    if #people > 0 then inside(one_of(people)) end
  end, random(30))
  if chance(30) then timer.timeout:unref() end
  if chance(30) then
    timer.timeout:close()
    waiting_timers[timer] = nil
  elseif chance(20) then
    timer.timeout:refresh()
  end
end

local function turn(mode)
  local ok, result = pcall(net.run, mode or "nowait")
  if ok then return result end
  if type(result) == "table" and result.walk then
    caught = caught + 1
  else
    broken("net.run raised " .. tostring(result))
  end
  return true
end

local function check_servers()
  for _, who in ipairs(servers) do
    local open = 0
    for i = #who.accepted, 1, -1 do
      if who.accepted[i].destroyed then table.remove(who.accepted, i) else open = open + 1 end
    end
    hold(who.server.connections == open, ("%d connections, not %d"):format(who.server.connections, open), who)
  end
end

local function walk_a_step()
  step = step + 1
  local dice = random(100)
  if dice <= 2 and #servers < SERVERS then
    new_server()
  elseif dice <= 3 and #servers > 1 then
    close_server(one_of(servers))
  elseif dice <= 4 then
    for i = #servers, 1, -1 do
      if servers[i].closed then forget(servers, servers[i]) end
    end
  elseif dice <= 12 and #people < PEOPLE then
    new_client()
  elseif dice <= 15 then
    new_timer()
  elseif #people > 0 then
    local ok, err = pcall(act, one_of(people))
    if not ok then
      if type(err) == "table" and err.walk then caught = caught + 1 else broken("a call raised " .. tostring(err)) end
    end
  end
  if dice % 3 == 0 then turn() end
end

-- Those that are closed, and have nothing due any more, leave.
local function let_go()
  for i = #people, 1, -1 do
    local who = people[i]
    if who.closed and who.callbacks == 0 and chance(50) then
      people[i] = people[#people]
      people[#people] = nil
    end
  end
end

local function close_all()
  for _, who in ipairs(servers) do
    close_server(who)
  end
  for _ = 1, 200 do
    for _, who in ipairs(people) do
      -- A listener for `close` may have connected it again.
      if not who.closed and not who.socket.destroyed then
        local ok, err = pcall(who.socket.destroy, who.socket)
        if not ok and not err.walk then broken("destroy raised " .. tostring(err)) end
        if not ok then caught = caught + 1 end
      end
    end
    for timer in pairs(waiting_timers) do
      timer.timeout:close()
    end
    waiting_timers = {}
    if not turn() and core.open_handles() == 0 then break end
    if core.open_handles() > 0 then turn("once") end
  end
  -- Sockets that were never connected, or let their last tick be interrupted by an error.
  for _ = 1, 5 do
    turn()
  end
  hold(core.open_handles() == 0, core.open_handles() .. " handles are open at the end")
  hold(raised == caught, ("%d errors were raised, %d came out"):format(raised, caught))
  for _, who in ipairs(people) do
    hold(who.closed, "no close", who)
    hold(who.callbacks == 0, who.callbacks .. " callbacks of write were not called", who)
  end
  for _, who in ipairs(servers) do
    hold(who.closed, "no close", who)
  end
  people, servers, everyone = {}, {}, {}
  collectgarbage()
end

local started = os.time()
while step < steps do
  local goal = step + ROUND
  while step < goal do
    walk_a_step()
    if step % 50 == 0 then
      let_go()
      check_servers()
    end
  end
  close_all()
end

if os.getenv("WALK_COUNTS") then
  local names = {}
  for name in pairs(seen) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    print(("  %-16s %d"):format(name, seen[name]))
  end
end
print(("walk: %d steps in %d s; %d bytes sent, %d checked, %d streams whole to the end, %d callbacks of write, "
  .. "%d errors raised and caught; no law broken"):format(
  step, os.time() - started, sent_total, checked, seen["whole streams"] or 0, calls_back, caught))
