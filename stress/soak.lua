-- Load: connections that stay idle, and connections that come and go for a time, with mixed sizes and random faults.
-- Each stream is compared whole; at the end memory and open handles are back where they were.
-- usage: lua stress/soak.lua [SECONDS [CONNECTIONS [IDLE]]]
-- As many connections are idle as descriptors allow (two for each); the source addresses are several 127.0.0.x.

local core = require("uvnet.core")
local net = require("uvnet")
local timers = net.timers

local seconds = tonumber(arg[1]) or 30
local population = tonumber(arg[2]) or 2000
local wanted_idle = tonumber(arg[3]) or 10000
local PORTS_OF_ADDRESS = 20000

io.stdout:setvbuf("line")

local function descriptors()
  local file = io.open("/proc/self/limits")
  local text = file and file:read("*a") or ""
  if file then file:close() end
  return tonumber(text:match("Max open files%s+(%d+)")) or 1024
end

local function resident() -- MB
  local file = io.open("/proc/self/statm")
  if not file then return 0 end
  local pages = tonumber(file:read("*a"):match("^%d+ (%d+)"))
  file:close()
  return pages * 4096 / 1e6
end

local limit = math.floor((descriptors() - 100) / 2)
if population > limit / 2 then population = math.floor(limit / 2) end
local idle_count = math.min(wanted_idle, limit - population - 50)

local function fail(text)
  io.stderr:write("soak: ", text, "\n")
  os.exit(1)
end

local function run_until(condition, ms, what)
  local late = false
  local watch = timers.setInterval(function()
    if condition() then net.stop() end
  end, 5)
  local limit_timer = timers.setTimeout(function()
    late = true
    net.stop()
  end, ms)
  while not condition() and not late do
    net.run()
  end
  watch:close()
  limit_timer:close()
  if late and not condition() then fail(what) end
end

local source = {}
for i = 1, 200000 do
  source[i] = string.char((i * i + 7 * i) % 251)
end
source = table.concat(source)

local server = net.createServer(function(socket)
  socket:on("error", function() end)
  socket:pipe(socket)
end)
server:listen(0)
local port = server:address().port

-- ---- idle ones ----

local function hold_idle()
  local idle, up, answered = {}, 0, 0
  local begun, before = core.now(), resident()
  for i = 1, idle_count do
    local socket = net.Socket()
    idle[i] = socket
    socket:on("error", function(err) fail("an idle connection: " .. tostring(err)) end)
    socket:on("data", function() answered = answered + 1 end)
    socket:connect({
      port = port, host = "127.0.0.1",
      localAddress = "127.0.0." .. (2 + math.floor(i / PORTS_OF_ADDRESS)),
    }, function() up = up + 1 end)
    if i % 200 == 0 then run_until(function() return up >= i - 400 end, 10000, "idle connections do not stand") end
  end
  run_until(function() return up == idle_count end, 20000, "idle connections do not stand")
  local held = resident() - before
  for _, socket in ipairs(idle) do
    socket:write("x")
  end
  run_until(function() return answered == idle_count end, 20000, "idle connections are not served")
  print(("soak: %d idle connections held and all served, %.1f s, %.2f KB for both ends of one"):format(
    idle_count, (core.now() - begun) / 1000, held * 1e6 / idle_count / 1024))
  for _, socket in ipairs(idle) do
    socket:destroy()
  end
  run_until(function() return core.open_handles() == 1 end, 20000, "idle connections do not close")
end

-- ---- those that come and go ----

local alive, made, bytes, whole, faults = 0, 0, 0, 0, 0
local ending = false
local begin

local function sized()
  local dice = math.random(10)
  if dice <= 5 then return math.random(200) end
  if dice <= 9 then return math.random(20000) end
  return math.random(#source)
end

function begin()
  alive, made = alive + 1, made + 1
  local size, got = sized(), 0
  local data = source:sub(1, size)
  local fault = math.random(20)
  local socket = net.connect({ port = port, host = "127.0.0.1" })
  local parts = {}
  socket:on("error", function(err)
    if fault > 4 then fail(tostring(err)) end
  end)
  socket:on("data", function(piece)
    got, bytes = got + #piece, bytes + #piece
    parts[#parts + 1] = piece
    if fault == 1 then socket:destroy() end
    if fault == 2 then socket:resetAndDestroy() end
  end)
  socket:on("close", function()
    alive = alive - 1
    if fault > 4 then
      if table.concat(parts) ~= data then
        fail(("a stream of %d bytes came back as %d"):format(size, got))
      end
      whole = whole + 1
    else
      faults = faults + 1
    end
    if not ending then timers.setTimeout(begin, math.random(20)) end
  end)
  if fault == 3 then socket:destroy() end
  if fault == 4 then socket:setTimeout(math.random(10), function() socket:destroy() end) end
  if fault ~= 3 then socket:finish(data) end
end

local function come_and_go()
  local marks = {}
  local started = core.now()
  for _ = 1, population do
    timers.setTimeout(begin, math.random(500))
  end
  local meter = timers.setInterval(function()
    collectgarbage()
    marks[#marks + 1] = resident()
  end, math.max(500, seconds * 50))
  timers.setTimeout(function()
    ending = true
    meter:close()
  end, seconds * 1000)
  run_until(function() return ending and alive == 0 and core.open_handles() == 1 end, seconds * 1000 + 30000,
    "connections are left: " .. alive)
  -- The first third is for everything to have been as big as it gets.
  local first, last = marks[math.ceil(#marks / 3)], marks[#marks]
  local text = "soak: %d connections in %.0f s (%d at a time), %d streams whole, %d broken off, %.1f MB; "
    .. "resident %.1f MB after a third, %.1f MB at the end"
  local took = (core.now() - started) / 1000
  print(text:format(made, took, population, whole, faults, bytes / 1e6, first, last))
  if last > first * 1.2 + 10 then fail("memory grows") end
end

hold_idle()
come_and_go()
server:close()
if net.run() or core.open_handles() ~= 0 then fail(core.open_handles() .. " handles are open at the end") end
print("soak: no handle is left")
