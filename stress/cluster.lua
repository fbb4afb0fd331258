--- Workers are killed under load: `cluster.lua [SECONDS [POLICY]]`, 60 s of both policies without a policy.
--
-- Ten clients connect, are answered, and come again; every 100 ms a worker is killed, now with SIGKILL, now by a clean
-- disconnect, and is replaced. What has to hold: a client whose connection stood hears of its end, none waits for more
-- than LONGEST; nobody is refused while another worker listens; and in the end the primary has as many descriptors as
-- in the beginning, and no child.

local net = require("net")
local cluster, process, timers = net.cluster, net.process, net.timers

local seconds, policy = tonumber(arg[1]) or 60, arg[2]
local CLIENTS, WORKERS, KILL_EVERY, LONGEST = 10, 3, 100, 20000 -- ms: a machine that is busy pauses for seconds
local TEXT = ("0123456789"):rep(1000)

if cluster.isWorker then
  net.createServer(function(socket)
    socket:on("error", function() end)
    socket:on("data", function() socket:finish(TEXT) end)
  end):listen(0, "127.0.0.1")
  net.run()
  return
end

local function descriptors()
  local pipe = io.popen("ls /proc/" .. process.pid .. "/fd | wc -l")
  local count = tonumber(pipe:read("*a"))
  pipe:close()
  return count
end

local function children()
  local pipe = io.popen("ps -o pid= --ppid " .. process.pid .. " | wc -l")
  local count = tonumber(pipe:read("*a"))
  pipe:close()
  return count - 1 -- the shell that counts
end

cluster.schedulingPolicy = policy == "none" and cluster.SCHED_NONE or cluster.SCHED_RR

local counts = { answered = 0, cut = 0, refused = 0, killed = 0, left = 0, hung = 0 }
local stopping, ports, open = false, {}, 0

local function client()
  if stopping then return end
  open = open + 1
  local got, refused = 0, false
  local socket = net.connect(ports[1], "127.0.0.1")
  local guard = timers.setTimeout(function()
    counts.hung = counts.hung + 1
    socket:destroy()
  end, LONGEST)
  socket:on("connect", function() socket:write("x") end)
  socket:on("data", function(data) got = got + #data end)
  socket:on("error", function(err) refused = err.code == "ECONNREFUSED" end)
  socket:on("close", function()
    guard:close()
    open = open - 1
    local what = got == #TEXT and "answered" or refused and "refused" or "cut"
    counts[what] = counts[what] + 1
    timers.setTimeout(client, 1)
  end)
end

-- Calls a function once a condition holds, or LONGEST is over.
local function once(holds, done)
  local begun = timers.now()
  local watch
  watch = timers.setInterval(function()
    if not holds() and timers.now() - begun < LONGEST then return end
    watch:close()
    done()
  end, 50)
end

local function finish(before)
  local after, zombies
  once(function()
    after, zombies = descriptors(), children()
    return after <= before and zombies == 0
  end, function()
    local clients = "%s, %d s: %d answered, %d cut, %d refused, %d hung; "
    print(clients:format(policy, seconds, counts.answered, counts.cut, counts.refused, counts.hung)
      .. ("%d workers killed, %d left; descriptors %d, %d; children %d"):format(counts.killed, counts.left, before,
        after, zombies))
    local good = counts.hung == 0 and counts.refused == 0 and open == 0 and counts.answered > seconds * 5
      and counts.killed > 0 and after <= before and zombies == 0
    process.exitCode = good and 0 or 1
  end)
end

local function stop(before)
  stopping = true
  once(function() return open == 0 end, function()
    cluster.disconnect(function() finish(before) end)
  end)
end

local function start()
  local child = net.child_process.spawn("true") -- libuv keeps some descriptors from the first child on
  child:on("close", function()
    local before = descriptors()
    cluster:on("exit", function()
      if not stopping then cluster.fork() end
    end)
    local listening = 0
    cluster:on("listening", function(_, address)
      ports[1] = address.port
      listening = listening + 1
      if listening ~= WORKERS then return end
      for _ = 1, CLIENTS do
        client()
      end
      local turn, dying = 0, {} -- a busy machine takes its time to end one
      local killer = timers.setInterval(function()
        local able = {}
        for _, worker in pairs(cluster.workers) do
          if worker.state == "listening" and not dying[worker] then able[#able + 1] = worker end
        end
        if #able < 2 then return end -- who is refused then is refused by the system
        turn = turn + 1
        local one = able[math.random(#able)]
        dying[one] = true
        if turn % 4 == 0 then
          counts.left = counts.left + 1
          one:disconnect()
        else
          counts.killed = counts.killed + 1
          one.process:kill("SIGKILL")
        end
      end, KILL_EVERY)
      timers.setTimeout(function()
        killer:close()
        stop(before)
      end, seconds * 1000)
    end)
    for _ = 1, WORKERS do
      cluster.fork()
    end
  end)
end

if policy then
  start()
else
  -- One policy after the other, each in a process of its own.
  local function next_one(list)
    local one = table.remove(list, 1)
    if not one then return end
    local child = net.child_process.spawn(process.execPath, { arg[0], tostring(seconds), one }, { stdio = "inherit" })
    child:on("close", function(code)
      if code ~= 0 then process.exitCode = 1 end
      next_one(list)
    end)
  end
  next_one({ "rr", "none" })
end

net.run()
