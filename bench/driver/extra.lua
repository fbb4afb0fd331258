-- bench/extra: variations on the echo, the EventEmitter, slow peers and bursts, beside Node; prints, writes nothing.

local lab = require("lab")

local IDS = { "c", "uvnet-5.4", "uvnet-jit", "node" }
local ROUNDS = 3
local RELAY = { mode = "echo", connections = 50, size = 1024, text = 1, warmup = 0.2, seconds = 0.4 }

local VARIATIONS = {
  { title = "echo of 1 KiB", serve = "echo" },
  { title = "the same in 16 slices, a list in one write", serve = "list" },
  { title = "the same in 16 slices, 16 writes in one tick", serve = "many" },
  { title = "the same with setEncoding(\"utf8\")", serve = "utf8" },
  { title = "the same with a callback for each write", serve = "callback" },
  { title = "burst: 400 visits at once, one echo each", serve = "echo", mode = "churn", connections = 400, size = 64 },
}

local present = lab.present()

local function line(title, cells)
  io.write(("%-48s"):format(title))
  for _, cell in ipairs(cells) do
    io.write(("%20s"):format(cell))
  end
  io.write("\n")
end

local function each_system(make)
  local cells = {}
  for i, id in ipairs(IDS) do
    cells[i] = present[id] and make(present[id]) or "–"
  end
  return cells
end

local function time_of(system, variation)
  local load, times = {}, {}
  for _, fields in ipairs({ RELAY, variation }) do
    for key, value in pairs(fields) do
      load[key] = value
    end
  end
  for round = 1, ROUNDS do
    local result, message = lab.run(system, load)
    if not result then return system.id == "c" and "–" or message end
    times[round] = result.cpu_per_message
  end
  return ("%.2f µs"):format(lab.summary(times).median / 1000)
end

line("processor time per message", each_system(function(system) return system.name end))
for _, variation in ipairs(VARIATIONS) do
  line(variation.title, each_system(function(system) return time_of(system, variation) end))
end

local function slow(system)
  local result, message = lab.run(system, { mode = "slow", serve = "big", seconds = 30 })
  if not result then return message end
  return ("%.0f ms, %.0f MB"):format(result.cpu_ns / 1e6, result.peak_rss / 1e6)
end
line("one string of 64 MiB to a slow peer, peak memory", each_system(slow))

local function events_of(command)
  local found = {}
  for name, value in lab.capture(command):gmatch("([%l%d_]+) ([%d.]+)") do
    found[name] = tonumber(value)
  end
  return found
end

local events = {
  ["uvnet-5.4"] = events_of("LUA_PATH='lua/?.lua;lua/?/init.lua;;' lua5.4 bench/micro/events.lua"),
  ["uvnet-jit"] = events_of("LUA_PATH='lua/?.lua;lua/?/init.lua;;' luajit bench/micro/events.lua"),
  node = events_of("node bench/micro/events.js"),
}
line("EventEmitter", {})
for _, name in ipairs({
  "emit_0", "emit_1", "emit_2", "emit_1000", "once_emit", "once_remove", "on_remove_among_1000",
}) do
  line("  " .. name, each_system(function(system)
    local value = events[system.id] and events[system.id][name]
    return value and ("%.0f ns"):format(value)
  end))
end
