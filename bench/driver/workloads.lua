-- The loads of the main table: what the client does, which server mode answers it, on which systems it is tried, and
-- what uvnet on 5.4 is to reach.

local EVERY = { "c", "uvnet-5.4", "uvnet-jit", "uvnet-5.1", "luv-5.4", "luv-jit", "node", "cqueues", "copas" }
local PIPING = { "c", "uvnet-5.4", "uvnet-jit", "uvnet-5.1", "node" }

-- C has no tasks: there it is an echo like the other.
local TASKS = { "c", "uvnet-5.4", "uvnet-jit", "uvnet-5.1" }

local WARMUP, SECONDS = 0.15, 0.35

local function load(mode, serve, connections, size, more)
  local fields = { mode = mode, serve = serve, connections = connections, size = size }
  fields.warmup, fields.seconds = WARMUP, SECONDS
  for key, value in pairs(more or {}) do
    fields[key] = value
  end
  return fields
end

local list = {
  { id = "echo", title = "echo, 64 B, 50 connections", limit = 1.12, systems = EVERY, quick = true,
    load = load("echo", "echo", 50, 64) },
  { id = "task", title = "echo by a task, 64 B, 50 connections", limit = 1.35, systems = TASKS,
    load = load("echo", "task", 50, 64) },
  { id = "deadline", title = "the same, a deadline around each request", systems = TASKS,
    load = load("echo", "taskdeadline", 50, 64) },
  { id = "line", title = "the same by lines, `readLine`", systems = TASKS,
    load = load("echo", "taskline", 50, 64, { text = 2 }) },
  { id = "echo16", title = "the same, 16 messages in flight", limit = 1.15, systems = EVERY,
    load = load("echo", "echo", 50, 64, { inflight = 16 }) },
  { id = "echo64k", title = "echo, 64 KiB, 10 connections", limit = 1.22, systems = EVERY, quick = true,
    load = load("echo", "echo", 10, 65536) },
  { id = "pipe", title = "echo by `pipe`, 64 B, 50 connections", limit = 1.05, systems = PIPING, quick = true,
    load = load("echo", "pipe", 50, 64) },
  { id = "pipe64k", title = "echo by `pipe`, 64 KiB, 10 connections", limit = 1.05, systems = PIPING,
    load = load("echo", "pipe", 10, 65536) },
  { id = "proxy", title = "proxy by `pipe`, 1 KiB, 50 connections", limit = 1.08, systems = EVERY,
    load = load("proxy", "proxy", 50, 1024) },
  -- Memory's bandwidth varies, on a machine that is shared: it takes more rounds.
  { id = "sink", title = "sink, 64 KiB, 10 connections", limit = 1.18, systems = EVERY, rounds = 9,
    load = load("sink", "sink", 10, 65536) },
  -- On one connection the copies dominate; on ten with small windows the software does, and `drain` comes often.
  { id = "source", title = "source, 64 KiB, 1 connection", limit = 1.08, systems = EVERY, rounds = 9,
    load = load("source", "source", 1, 65536) },
  { id = "source10", title = "source, 64 KiB, 10 connections, windows of 128 KiB", systems = EVERY,
    load = load("source", "source", 10, 65536, { window = 131072 }) },
  { id = "churn", title = "connect, one echo, close", limit = 1.25, systems = EVERY, quick = true,
    load = load("churn", "echo", 8, 64) },
}

-- What a system cannot do of itself is not tried on it.
local function able(present, workload)
  local ids = {}
  for _, id in ipairs(workload.systems) do
    local system = present[id]
    if system and not (system.without or {})[workload.load.serve] then ids[#ids + 1] = id end
  end
  return ids
end

--- The workloads for these systems; `quick` and `ids` narrow them down.
return function(present, quick, ids)
  local chosen = {}
  for _, workload in ipairs(list) do
    if workload.quick or not quick then
      local copy = {}
      for key, value in pairs(workload) do
        copy[key] = value
      end
      copy.systems = {}
      local wanted = {}
      for _, id in ipairs(ids or EVERY) do
        wanted[id] = true
      end
      for _, id in ipairs(able(present, workload)) do
        if wanted[id] then copy.systems[#copy.systems + 1] = id end
      end
      chosen[#chosen + 1] = copy
    end
  end
  return chosen
end
