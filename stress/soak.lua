-- Load, in processes of their own: the clients here, the servers there, since each may have so many descriptors only.
--
-- 1. connections that stay: they are held, and then all of them are served at once;
-- 2. connections that come and go, with mixed sizes and random faults, each stream checked byte for byte; meanwhile
--    fast writers meet readers that sleep. Memory and open handles are flat at the end.
--
-- usage: lua stress/soak.lua [SECONDS [CONNECTIONS [IDLE [SEED]]]], from the project's directory
-- The parts of the children are in stress/soak/.

package.path = "stress/?.lua;" .. package.path
local common = require("soak.common")
local core = require("uvnet.core")
local net = require("uvnet")
local timers = net.timers
local unpack = table.unpack or unpack -- luacheck: ignore 143

local seconds = tonumber(arg[1]) or 30
local population = tonumber(arg[2]) or 1000
local idle_count = tonumber(arg[3]) or 10000
local seed = tonumber(arg[4]) or os.time() % 1000000 + 1
local SLEEP = 60 -- s
local SPARE = 100 -- descriptors of a process that are not for connections

io.stdout:setvbuf("line")
math.randomseed(seed)

local function say(text, ...) print("soak: " .. text:format(...)) end

-- ---- the children ----

local children, waiting = {}, {} -- by name
local pipes = {} -- to keep them: a pipe that is collected waits for its child
local interpreter = 0
while arg[interpreter - 1] do
  interpreter = interpreter - 1
end

local path = os.tmpname()
os.remove(path)
path = path .. ".s"

local control = net.createServer(function(socket)
  local name
  local function on_line(first, ...)
    if first == "hello" then
      name = ...
      children[name] = socket
      first = true
    end
    local answer = waiting[name]
    waiting[name] = nil
    answer(first, ...)
  end
  socket:on("error", function() end)
  socket:on("close", function()
    if children[name] then common.fail(name .. " has ended") end
  end)
  common.lines(socket, on_line)
end)
control:listen(path)

-- Runs the loop until each of `names` has answered; gives back the answers by name.
local function answers(names, ms)
  local got, left = {}, #names
  local late = timers.setTimeout(function() common.fail("no answer of " .. table.concat(names, ", ")) end, ms or 60000)
  for _, name in ipairs(names) do
    waiting[name] = function(...)
      got[name] = { ... }
      left = left - 1
      if left == 0 then net.stop() end
    end
  end
  while left > 0 do
    net.run()
  end
  late:close()
  return got
end

local function tell(names, ...)
  for _, name in ipairs(names) do
    children[name]:write(table.concat({ ... }, " ") .. "\n")
  end
end

local function ask(name, ...)
  tell({ name }, ...)
  return unpack(answers({ name })[name])
end

local function start(role, count)
  local names = {}
  for i = 1, count or 1 do
    local name = role .. "-" .. i
    local command = ("%s stress/soak/%s.lua %s %s %d"):format(arg[interpreter], role, path, name, seed)
    pipes[name] = assert(io.popen(command, "w"))
    names[i] = name
  end
  answers(names)
  return names
end

local function leave(names)
  for _, name in ipairs(names) do
    local socket = children[name]
    children[name] = nil
    socket:write("leave\n")
    socket:on("close", net.stop)
    net.run()
    pipes[name]:close()
  end
end

local function pause(ms)
  local over = false
  timers.setTimeout(function()
    over = true
    net.stop()
  end, ms)
  while not over do
    net.run()
  end
end

-- Until the servers have seen the end of what the clients have closed.
local function settle(names, what)
  for _ = 1, 600 do
    local left = 0
    for _, name in ipairs(names) do
      left = left + ask(name, what or "open")
    end
    if left == 0 then return end
    pause(100)
  end
  common.fail("connections are left open: " .. table.concat(names, ", "))
end

-- ---- connections that stay ----

local function hold_idle()
  local room = common.descriptors() - SPARE
  local count = math.ceil(idle_count / room)
  local servers, clients = start("server", count), start("idle", count)
  local before, handles = {}, {}
  for _, name in ipairs(servers) do
    before[name], handles[name] = ask(name, "weigh")
  end
  local begun = core.now()
  local first_address = 11
  for i, name in ipairs(clients) do
    local share = math.floor(idle_count * i / count) - math.floor(idle_count * (i - 1) / count)
    tell({ name }, "connect", share, (ask(servers[i], "ports")), first_address)
    first_address = first_address + 10
  end
  local up = 0
  for _, answer in pairs(answers(clients, 120000)) do
    up = up + answer[1]
  end
  local stood = core.now() - begun
  local held = 0
  for _, name in ipairs(servers) do
    if ask(name, "open") > idle_count then common.fail("connections that nobody made") end
    held = held + ask(name, "weigh") - before[name]
  end
  tell(clients, "speak")
  local served, slowest = 0, 0
  for _, answer in pairs(answers(clients)) do
    served, slowest = served + answer[1], math.max(slowest, answer[2])
  end
  if up ~= idle_count or served ~= idle_count then common.fail(("%d up, %d served"):format(up, served)) end
  say("%d idle connections held, %s", up, count == 1 and "by one server process"
    or ("NOT by one server process but by %d that share them: a process may have %d descriptors here"):format(
      count, common.descriptors()))
  say("  they stood after %.1f s, %.2f KB each on the server's side; all served at once in %.2f s", stood / 1000,
    held * 1e6 / up / 1024, slowest / 1000)
  tell(clients, "close")
  answers(clients)
  settle(servers)
  for _, name in ipairs(servers) do
    local _, left = ask(name, "weigh")
    if left ~= handles[name] then common.fail("handles are left of idle connections") end
  end
  leave(clients)
  leave(servers)
end

-- ---- connections that come and go, and readers that sleep ----

local function come_and_go()
  local names = { start("server")[1], start("client")[1], start("stall")[1] }
  local server, client, stall = names[1], names[2], names[3]
  local first_handles, first_heap, marks = {}, {}, {}
  for _, name in ipairs(names) do
    local _, handles, heap = ask(name, "weigh")
    first_handles[name], first_heap[name], marks[name] = handles, heap, {}
  end
  local function weigh(mark)
    for _, name in ipairs(names) do
      marks[name][mark] = ask(name, "weigh")
    end
  end

  local begun = core.now()
  local function until_second(second)
    local left = begun + second * 1000 - core.now()
    if left > 0 then pause(left) end
  end
  tell({ client }, "begin", population, ask(server, "ports"))
  tell({ stall }, "begin")
  local sleep = math.min(SLEEP, seconds)
  local early = math.min(3, sleep / 4)
  until_second(early)
  local asleep, most, sent, pairs_asleep = ask(stall, "weigh"), ask(stall, "held")
  local function wake()
    local still, now_most, now_sent = ask(stall, "weigh"), ask(stall, "held")
    say("%d fast writers met readers that slept for %.0f s: %d bytes held at most, %.1f MB taken by the system; "
      .. "resident %.1f MB after %.0f s, %.1f MB in the end; all %d bytes came", pairs_asleep, sleep,
      math.max(most, now_most), now_sent / 1e6, asleep, early, still, ask(stall, "wake"))
    if still > asleep + 2 then common.fail("memory grows while readers sleep") end
    if now_sent ~= sent then common.fail("a writer writes on while its reader sleeps") end
  end
  for mark, part in ipairs({ 0.25, 0.5, 1 }) do
    local second = seconds * part
    if sleep and sleep < second then
      until_second(sleep)
      wake()
      sleep = nil
    end
    until_second(second)
    weigh(mark)
  end
  if sleep then wake() end
  local took = (core.now() - begun) / 1000

  tell({ client }, "finish")
  settle({ client, server })
  for _, name in ipairs(names) do
    local weight, handles, heap = ask(name, "weigh")
    local mark = marks[name]
    say("%s: resident %.1f MB at 1/4, %.1f MB at 1/2, %.1f MB at the end, %.1f MB with no connection; Lua's heap "
      .. "%.2f MB before, %.2f MB after; %d handles left", name:match("^%a+"), mark[1], mark[2], mark[3], weight,
      first_heap[name], heap, handles - first_handles[name])
    if heap > first_heap[name] + 2 then common.fail("Lua's heap has grown") end
    if handles > first_handles[name] then common.fail("handles are left open") end
    if name ~= stall and mark[3] > mark[1] * 1.2 + 10 then common.fail("memory grows") end
  end
  local made, whole, checked, faults = ask(client, "figures")
  local at_server, broken, server_checked = ask(server, "figures")
  say("%d connections in %.0f s, %d at a time: %d without a fault and whole; %.1f MB checked by the clients, %.1f MB "
    .. "by the server", made, took, population, whole, checked / 1e6, server_checked / 1e6)
  say("  of the server's view %d whole, %d broken; faults: %s", at_server, broken, (faults:gsub(",", " ")))
  if made < population or checked == 0 then common.fail("too little was done") end
  leave(names)
end

say("seed %d, %d connections for %.0f s, %d idle ones, %s", seed, population, seconds, idle_count,
  jit and jit.version or _VERSION)
hold_idle()
come_and_go()
control:close()
if net.run() or core.open_handles() ~= 0 then common.fail(core.open_handles() .. " handles are open in the driver") end
os.remove(path)
say("no handle is left")
