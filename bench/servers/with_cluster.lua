-- A cluster that serves connections, and children that send messages back. Its twin: with_cluster.js.
local net = require("net")
local cluster, process = net.cluster, net.process

local what, first, second = arg[1], arg[2], arg[3]

-- ns of processor time
local function spent(pid)
  local file = assert(io.open("/proc/" .. pid .. "/schedstat"))
  local text = file:read("*l")
  file:close()
  return tonumber(text:match("%d+"))
end

local TEXT = { id = 1, text = "hello world", list = { 1, 2, 3 }, nested = { a = true, b = "x" } }

local runs = {}

function runs.serve()
  if cluster.isWorker then
    local function back(socket)
      socket:on("data", function(data) socket:finish(data) end)
    end
    net.createServer(back):listen(0, "127.0.0.1", 4096)
    return
  end
  cluster.schedulingPolicy = first == "rr" and cluster.SCHED_RR or cluster.SCHED_NONE
  local pids = {}
  cluster:on("listening", function(worker, address)
    pids[#pids + 1] = worker.process.pid
    if #pids < tonumber(second) then return end
    print(address.port .. " " .. process.pid .. " " .. table.concat(pids, " "))
    io.stdout:flush()
  end)
  for _ = 1, second do
    cluster.fork()
  end
end

function runs.echo()
  if process.connected then
    process:on("message", function(message) process:send(message) end)
    return
  end
  local count = tonumber(second)
  local warm = math.floor(count / 10)
  local child = net.child_process.fork(arg[0], { "echo" }, { serialization = first })
  local got, before = 0, nil
  child:on("message", function()
    got = got + 1
    if got == warm then before = spent(process.pid) + spent(child.pid) end
    if got < count + warm then
      child:send(TEXT)
      return
    end
    print((spent(process.pid) + spent(child.pid) - before) / count / 2)
    child:disconnect()
  end)
  child:send(TEXT)
end

function runs.online()
  if cluster.isWorker then return end
  local begun = net.timers.now()
  local worker = cluster.fork()
  worker:on("online", function()
    print(net.timers.now() - begun)
    worker.process:kill()
  end)
end

runs[what]()
net.run()
