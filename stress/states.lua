-- What each state of stress/states.c runs: an echo server, clients of all the other states, timers, a lookup. Gives a
-- function that connects to a port, one that runs a turn of the loop and gives back how many bytes came, and its own
-- port.

local net = require("uvnet")
local timers = net.timers

local server = net.createServer(function(socket)
  socket:on("error", function() end)
  socket:pipe(socket)
end)
server:listen(0)

local received = 0
local chunk = ("x"):rep(100000)

local function connect(port)
  local client = net.connect(port, "127.0.0.1")
  client:on("error", function() end)
  client:on("data", function(data)
    received = received + #data
    client:write(data)
  end)
  client:write(chunk, function() end)
  net.connect(port, "localhost"):on("error", function() end)
end

timers.setInterval(function()
  net.dns.lookup("localhost", function() end)
  timers.setImmediate(function() end)
  timers.nextTick(function() collectgarbage("step") end)
end, 1)

local function turn()
  local before = received
  net.run("nowait")
  return received - before
end

return connect, turn, server:address().port
