-- The laboratory: which systems there are, how one run is made, and what is done with its numbers.

local lab = {}

local CPU = { server = 1, client = 0 }
local OPTIONS = {
  "size", "connections", "inflight", "messages", "warmup", "seconds", "rate", "hold", "reads-per-wait", "window",
  "text",
}

-- What the shell prints for a command; "" when it fails.
function lab.capture(command)
  local pipe = assert(io.popen(command .. " 2>/dev/null", "r"))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

local function uvnet(id, name, interpreter, directory, flags)
  -- Nothing is inherited: its size moves addresses, and with them what Lua's hash is seeded with.
  local environment = ("env -i PATH=/usr/local/bin:/usr/bin:/bin LUA_PATH='lua/?.lua;lua/?/init.lua;;' "
    .. "LUA_CPATH='build/%s/?.so;;' "):format(directory)
  return {
    id = id,
    name = name,
    -- Apart from the command: a tracer stands between the two, and does not follow what `env` becomes.
    environment = environment,
    probe = environment .. interpreter .. " -e 'require(\"net\") print(1)'",
    command = interpreter .. (flags or "") .. " bench/servers/with_uvnet.lua",
  }
end

local function other(id, name, interpreter, module, file, without)
  return {
    id = id,
    name = name,
    without = without or {},
    probe = ("%s -e 'require(\"%s\") print(1)'"):format(interpreter, module),
    command = interpreter .. " bench/servers/" .. file,
  }
end

-- `without`: behaviours which the system does not have of itself.
lab.systems = {
  { id = "c", name = "C on libuv", command = "build/bench/with_c", probe = "echo 1" },
  uvnet("uvnet-5.4", "uvnet 5.4", "lua5.4", "5.4"),
  uvnet("uvnet-jit", "uvnet LuaJIT", "luajit", "jit"),
  uvnet("uvnet-5.1", "uvnet 5.1", "lua5.1", "5.1"),
  other("luv-5.4", "luv 5.4", "lua5.4", "luv", "with_luv.lua", { pipe = true }),
  other("luv-jit", "luv LuaJIT", "luajit", "luv", "with_luv.lua", { pipe = true }),
  { id = "node", name = "Node", without = {}, probe = "node -p 1", command = "node bench/servers/with_node.js" },
  other("cqueues", "cqueues 5.4", "lua5.4", "cqueues", "with_cqueues.lua", { pipe = true }),
  other("copas", "copas 5.1", "lua5.1", "copas", "with_copas.lua", { pipe = true, proxy = true, source = true }),
}
-- Only for what is counted: the interpreter of LuaJIT without its compiler.
lab.interpreted = uvnet("uvnet-joff", "uvnet LuaJIT -joff", "luajit", "jit", " -joff")

--- The most connections that one process may hold here, up to `wanted`.
function lab.most_connections(wanted)
  local hard = tonumber(lab.capture("ulimit -Hn")) or wanted * 2
  if hard - 500 >= wanted then return wanted end
  print(("bench: ulimit -Hn is %d: %d idle connections in place of %d"):format(hard, hard - 500, wanted))
  return hard - 500
end

--- The systems that this machine has, and says which it has not.
function lab.present()
  local found = {}
  for _, system in ipairs(lab.systems) do
    if lab.capture(system.probe) == "1" then
      found[#found + 1] = system
      found[system.id] = system
    else
      print(("bench: %s is not here; left out"):format(system.name))
    end
  end
  if found["uvnet-jit"] then found["uvnet-joff"] = lab.interpreted end
  return found
end

--- Some of the systems, in this order, those which are present.
function lab.pick(present, ids)
  local list = {}
  for _, id in ipairs(ids) do
    list[#list + 1] = present[id]
  end
  return list
end

--- One run: `load.mode` on a server in `load.serve` mode; `wrap` is a tracer put before the server's command.
-- Returns the results, or nil and what the generator said.
function lab.run(system, load, wrap)
  local words = { "build/bench/load", load.mode }
  for _, key in ipairs(OPTIONS) do
    if load[key] then
      words[#words + 1] = "--" .. key
      words[#words + 1] = tostring(load[key])
    end
  end
  words[#words + 1] = ("--server-cpu %d --client-cpu %d --"):format(CPU.server, CPU.client)
  if system.environment then words[#words + 1] = system.environment end
  if wrap then words[#words + 1] = wrap end
  words[#words + 1] = system.command
  words[#words + 1] = load.serve
  words[#words + 1] = "0"
  local pipe = assert(io.popen(table.concat(words, " ") .. " 2>&1", "r"))
  local result, said = {}, {}
  for line in pipe:lines() do
    local key, value = line:match("^([%l%d_]+) (%-?%d+)$")
    if key then
      result[key] = tonumber(value)
    else
      said[#said + 1] = line
    end
  end
  pipe:close()
  if not result.messages or #said > 0 then return nil, table.concat(said, "; ") end
  result.cpu_per_message = result.cpu_ns / math.max(result.messages, 1)
  result.per_second = result.messages / (result.wall_ns / 1e9)
  return result
end

--- Median and quartiles of a list of numbers.
function lab.summary(values)
  local sorted = {}
  for i, value in ipairs(values) do
    sorted[i] = value
  end
  table.sort(sorted)
  local function at(share)
    local position = 1 + (#sorted - 1) * share
    local low = math.floor(position)
    local high = math.min(low + 1, #sorted)
    return sorted[low] + (sorted[high] - sorted[low]) * (position - low)
  end
  if #sorted == 0 then return nil end
  return { median = at(0.5), low = at(0.25), high = at(0.75), runs = #sorted }
end

-- Some take part in more rounds than the others.
local function workloads_of(workloads, rounds, round)
  local list = {}
  for _, workload in ipairs(workloads) do
    if round <= (workload.rounds or rounds) then list[#list + 1] = workload end
  end
  return list
end

--- Rounds over workloads and systems. Each run's processor time per message is divided by that of the first system in
-- the same round, a few seconds before or after: what the machine does besides touches both. A workload may ask for
-- more rounds than the others.
-- Returns [workload id][system id] = { ratio = summary, cpu_ns = summary, per_second = summary }.
function lab.compare(workloads, present, rounds, seconds_allowed)
  local began, samples, last = os.time(), {}, rounds
  for _, workload in ipairs(workloads) do
    last = math.max(last, workload.rounds or rounds)
  end
  for round = 1, last do
    if round > 3 and os.time() - began > seconds_allowed then break end
    for _, workload in ipairs(workloads_of(workloads, rounds, round)) do
      local systems = lab.pick(present, workload.systems)
      local base
      samples[workload.id] = samples[workload.id] or {}
      for position = 0, #systems - 1 do
        -- The base goes first; the others take turns in what follows.
        local index = position == 0 and 1 or 2 + (position - 1 + round) % (#systems - 1)
        local system = systems[index]
        local load = workload.load_of and workload.load_of(system) or workload.load
        local result, message = lab.run(system, load)
        if not result then
          print(("bench: %s on %s failed: %s"):format(workload.id, system.name, message))
        else
          base = position == 0 and result or base
          local kept = samples[workload.id][system.id] or { ratio = {}, cpu_ns = {}, per_second = {} }
          samples[workload.id][system.id] = kept
          if base then kept.ratio[#kept.ratio + 1] = result.cpu_per_message / base.cpu_per_message end
          kept.cpu_ns[#kept.cpu_ns + 1] = result.cpu_per_message
          kept.per_second[#kept.per_second + 1] = result.per_second
        end
      end
      io.write(".")
      io.flush()
    end
    print((" round %d of %d"):format(round, last))
  end
  for _, of_systems in pairs(samples) do
    for _, kept in pairs(of_systems) do
      for key, values in pairs(kept) do
        kept[key] = lab.summary(values)
      end
    end
  end
  return samples
end

--- What the figures depend on.
function lab.machine()
  return {
    processor = lab.capture("sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1"),
    processors = tonumber(lab.capture("nproc")),
    kernel = lab.capture("uname -sr"),
    libuv = lab.capture("pkg-config --modversion libuv"),
    node = lab.capture("node --version"),
    lua = lab.capture("lua5.4 -v"),
    luajit = lab.capture("luajit -v"):gsub(" %-%-.*", ""),
    luv = lab.capture("lua5.4 -e 'print(require(\"luv\").version_string())'"),
    cqueues = lab.capture("lua5.4 -e 'print(require(\"cqueues\").VERSION)'"),
    load_average = tonumber(lab.capture("cut -d' ' -f1 /proc/loadavg")),
  }
end

return lab
