-- What a cluster costs, beside Node's and what the system alone takes (with_cluster.c): processor time of primary and
-- workers for each connection and each message. `processes.lua NODE LUA C`: the programs. Rounds of all in turn;
-- medians.
local net = require("net")

local node, lua, plain = arg[1], arg[2], arg[3]
local ROUNDS, CONNECTIONS, AT_ONCE, MESSAGES = 5, 4000, 20, 10000
local here = arg[0]:match("^(.*)/[^/]*$")
local SERVERS = {
  { "uvnet", lua, here .. "/../servers/with_cluster.lua" },
  { "Node", node, here .. "/../servers/with_cluster.js" },
  { "C", plain },
}

local function spent(pid)
  local file = assert(io.open("/proc/" .. pid .. "/schedstat"))
  local text = file:read("*l")
  file:close()
  return tonumber(text:match("%d+"))
end

local function median(list)
  table.sort(list)
  return list[math.floor(#list / 2) + 1]
end

local function start(server, ...)
  local words = { ... }
  if server[3] then table.insert(words, 1, server[3]) end
  return net.child_process.spawn(server[2], words, { stdio = { "ignore", "pipe", "inherit" } })
end

-- The last line that a program prints.
local function number_of(server, ...)
  local out = ""
  start(server, ...).stdout:on("data", function(data) out = out .. data end)
  net.run()
  return assert(tonumber(out), out)
end

-- Connections that bring one message there and back. ns of the primary and of the workers for each, and ms for all.
local function connect_all(server, policy)
  local child = start(server, "serve", policy, "2")
  local out, result = "", {}
  local pids = {}
  local function count(from, to)
    local sum = 0
    for i = from, to do
      sum = sum + spent(pids[i])
    end
    return sum
  end
  local function go(port)
    local left, open = CONNECTIONS, 0
    local primary, workers, begun = count(1, 1), count(2, #pids), net.timers.now()
    local function next_one()
      if left == 0 then
        if open > 0 then return end
        result.primary = (count(1, 1) - primary) / CONNECTIONS
        result.workers = (count(2, #pids) - workers) / CONNECTIONS
        result.rate = CONNECTIONS / (net.timers.now() - begun) * 1000
        child:kill()
        return
      end
      left, open = left - 1, open + 1
      local socket = net.connect(port, "127.0.0.1")
      socket:write("x")
      socket:resume()
      socket:on("close", function()
        open = open - 1
        next_one()
      end)
    end
    for _ = 1, AT_ONCE do
      next_one()
    end
  end
  child.stdout:on("data", function(data)
    out = out .. data
    if #pids > 0 or not out:find("\n") then return end
    local port
    for word in out:gmatch("%d+") do
      if not port then
        port = tonumber(word)
      else
        pids[#pids + 1] = word
      end
    end
    go(port)
  end)
  net.run()
  return result
end

local results = {}
local function note(row, column, value)
  results[row] = results[row] or {}
  results[row][column] = results[row][column] or {}
  table.insert(results[row][column], value)
end

for _ = 1, ROUNDS do
  for _, server in ipairs(SERVERS) do
    local name = server[1]
    for _, policy in ipairs({ "rr", "none" }) do
      local one = connect_all(server, policy)
      note(policy .. " primary", name, one.primary / 1000)
      note(policy .. " workers", name, one.workers / 1000)
      note(policy .. " sum", name, (one.primary + one.workers) / 1000)
      note(policy .. " rate", name, one.rate)
    end
    if server[3] then
      for _, mode in ipairs({ "json", "advanced" }) do
        note(mode, name, number_of(server, "echo", mode, tostring(MESSAGES)) / 1000)
      end
      note("online", name, number_of(server, "online"))
    end
  end
end

local ROWS = {
  { "rr primary", "in turn: processor time of the primary for a connection", "%.0f µs" },
  { "rr workers", "of the workers", "%.0f µs" },
  { "rr sum", "of all", "%.0f µs" },
  { "rr rate", "connections per second, two workers, the load on the same processors", "%.0f" },
  { "none primary", "shared handle: the primary", "%.0f µs" },
  { "none workers", "the workers", "%.0f µs" },
  { "none sum", "all", "%.0f µs" },
  { "none rate", "connections per second", "%.0f" },
  { "advanced", "a message, `advanced`: processor time of both sides", "%.1f µs" },
  { "json", "a message, `json`", "%.1f µs" },
  { "online", "from `fork` to `online`", "%.0f ms" },
}
print("| between processes | uvnet 5.4 | Node | C, the system alone | uvnet : Node |")
print("| --- | ---: | ---: | ---: | ---: |")
for _, row in ipairs(ROWS) do
  local list = results[row[1]]
  local ours, theirs, least = median(list.uvnet), median(list.Node), list.C and median(list.C)
  print(("| %s | %s | %s | %s | %.2f |"):format(row[2], row[3]:format(ours), row[3]:format(theirs),
    least and row[3]:format(least) or "–", ours / theirs))
end
