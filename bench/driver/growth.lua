-- How cost grows with the number of connections, what idle ones cost, and latency under an even load.

local lab = require("lab")

local growth = {}

local SYSTEMS = { "c", "uvnet-5.4", "uvnet-jit", "node" }
local CONNECTIONS = { 1, 10, 100, 1000, 10000 }
local MOST = 50000
local RATE = 10000
local HOLD = 5
local WINDOWS = 5 -- of latency: one in which the machine was busy with something else says little of a system

local function try(system, load)
  local result, message = lab.run(system, load)
  if not result then print(("bench: %s, %d connections: %s"):format(system.name, load.connections, message)) end
  return result
end

--- Messages per second and processor time per message, from 1 to 10,000 busy connections.
function growth.busy(present)
  local rows = {}
  for _, count in ipairs(CONNECTIONS) do
    local row = { connections = count, systems = {} }
    for _, system in ipairs(lab.pick(present, SYSTEMS)) do
      local result = try(system, {
        mode = "echo", serve = "echo", size = 64, connections = count, warmup = 0.3, seconds = 0.4,
      })
      if result then
        row.systems[system.id] = { cpu_ns = result.cpu_per_message, per_second = result.per_second }
      end
    end
    rows[#rows + 1] = row
  end
  return rows
end

--- Memory per idle connection, and the time to accept them and answer each once.
function growth.idle(present, ids, counts)
  local rows = {}
  for _, count in ipairs(counts or { 100, 1000, 10000, lab.most_connections(MOST) }) do
    local row = { connections = count, systems = {} }
    for _, system in ipairs(lab.pick(present, ids or SYSTEMS)) do
      -- The generator's first hundred are the base line; copas has select() under it, which stops at 1,024.
      if not (system.id == "copas" and count > 900) then
        local result = try(system, { mode = "idle", serve = "echo", size = 64, connections = count + 100 })
        if result then
          row.systems[system.id] = {
            bytes = result.bytes_per_connection,
            accept_seconds = result.wall_ns / 1e9,
            accept_cpu_ns = result.cpu_per_message,
          }
        end
      end
    end
    rows[#rows + 1] = row
  end
  return rows
end

--- Latency when messages come at an even rate that all can bear: medians of several windows, in which the systems take
-- turns.
function growth.latency(present)
  local systems = lab.pick(present, { "c", "uvnet-5.4", "uvnet-jit", "luv-5.4", "node", "cqueues" })
  local seen, found = {}, {}
  for _ = 1, WINDOWS do
    for _, system in ipairs(systems) do
      local result = try(system, {
        mode = "echo", serve = "echo", size = 64, connections = 50, rate = RATE, warmup = 0.3, seconds = 0.5,
      })
      local values = seen[system.id] or { p50 = {}, p99 = {} }
      seen[system.id] = values
      if result then
        table.insert(values.p50, result.p50_ns)
        table.insert(values.p99, result.p99_ns)
      end
    end
  end
  for id, values in pairs(seen) do
    local p50, p99 = lab.summary(values.p50), lab.summary(values.p99)
    if p50 then
      found[id] = {
        p50_ns = p50.median, p99_ns = p99.median, p99_low_ns = p99.low, p99_high_ns = p99.high, windows = p99.runs,
        rate = RATE,
      }
    end
  end
  return found
end

-- The same system serving in another mode, paired in rounds with its own plain echo.
local function beside_echo(present, id, serve, rounds)
  local system = present[id]
  if not system then return nil end
  local ratios = {}
  for _ = 1, rounds do
    local load = { mode = "echo", size = 64, connections = 50, warmup = 0.2, seconds = 0.5 }
    load.serve = "echo"
    local plain = try(system, load)
    load.serve = serve
    local changed = try(system, load)
    if plain and changed then ratios[#ratios + 1] = changed.cpu_per_message / plain.cpu_per_message end
  end
  return lab.summary(ratios)
end

--- How quiet the most connections are, with and without a timeout on each: while the timeouts come, and after that.
function growth.storm(present, ids)
  local found, count = {}, lab.most_connections(MOST)
  for _, system in ipairs(lab.pick(present, ids)) do
    local of = {}
    for _, serve in ipairs({ "echo", "shorttimeout" }) do
      local result = try(system, { mode = "idle", serve = serve, size = 64, connections = count, hold = HOLD })
      if result then
        of[serve] = {
          connections = result.messages + 100,
          bytes = result.bytes_per_connection,
          cpu_ms = result.idle_cpu_ns / 1e6,
          later_cpu_ms = result.idle_on_cpu_ns / 1e6,
          whole_cpu_ms = result.whole_cpu_ns / 1e6,
          seconds = HOLD,
        }
      end
    end
    found[system.id] = of
  end
  return found
end

--- What setTimeout and write callbacks cost, and how quiet the most armed timeouts are.
function growth.timers(present, rounds)
  local found = { timeout = {}, callback = {} }
  for _, id in ipairs({ "uvnet-5.4", "uvnet-jit", "node" }) do
    found.timeout[id] = beside_echo(present, id, "timeout", rounds)
    found.callback[id] = beside_echo(present, id, "callback", rounds)
  end
  found.storm = growth.storm(present, { "uvnet-5.4", "node" })
  return found
end

return growth
