-- A service on several processes that is restarted without a connection being refused: at SIGHUP one worker after the
-- other is replaced, the new one before the old one leaves. One that dies is replaced, too. SIGTERM ends it all.
-- usage: lua rolling_restart.lua [PORT [WORKERS]]
--   PORT  on 127.0.0.1, default 8124 (0 for one that is free), WORKERS  default 2
-- Try it: `kill -HUP PID` while something connects again and again.

local net = require("net")
local cluster, process = net.cluster, net.process

if arg[1] == "--help" then
  print("usage: lua rolling_restart.lua [PORT [WORKERS]]")
  os.exit(0)
end

local port, count = tonumber(arg[1] or 8124), tonumber(arg[2] or 2)

if cluster.isWorker then
  local server = net.createServer(function(socket)
    socket:on("error", function() end)
    socket:finish(("worker %d, pid %d\n"):format(cluster.worker.id, process.pid))
  end)
  server:listen(port, "127.0.0.1")
  -- The primary says when it is over.
  process:on("SIGTERM", function() end)
  process:on("SIGHUP", function() end)
  net.run()
  return
end

local ending, restarting = false, false

cluster:on("listening", function(worker, address)
  print(("worker %d listens on port %d"):format(worker.id, address.port))
  io.stdout:flush()
end)

cluster:on("exit", function(worker, code, signal)
  print(("worker %d has ended (%s)"):format(worker.id, tostring(signal or code)))
  io.stdout:flush()
  if not worker.exitedAfterDisconnect and not ending then cluster.fork() end
end)

-- Replaces the workers of a list from a place on.
local function replace(list, at)
  local old = list[at]
  if not old or ending then
    restarting = false
    if not ending then
      print("restarted")
      io.stdout:flush()
    end
    return
  end
  cluster.fork():once("listening", function()
    old:once("disconnect", function() replace(list, at + 1) end)
    if old:isConnected() then
      old:disconnect()
    else
      old:emit("disconnect")
    end
  end)
end

process:on("SIGHUP", function()
  if restarting or ending then return end
  restarting = true
  local list = {}
  for _, worker in pairs(cluster.workers) do
    list[#list + 1] = worker
  end
  replace(list, 1)
end)

process:once("SIGTERM", function()
  ending = true
  cluster.disconnect()
end)

for _ = 1, count do
  cluster.fork()
end

net.run()
