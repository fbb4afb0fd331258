-- The clients of the soak that stay: as many as the driver says, from several source addresses, since each has some
-- 28,000 ports, and the system is slow to find the last of them. Later all of them say something at once, and wait for
-- the answer.

package.path = "stress/?.lua;" .. package.path
local common = require("soak.common")
local core = require("uvnet.core")
local net = require("uvnet")

local PORTS_OF_ADDRESS = 5000
local AT_A_TIME = 300 -- connect at once: fewer than a backlog

local sockets = {}
local answered, on_answer = 0, nil

local function connect_all(reply, count, port, first_address)
  local begun, up = 0, 0
  local function next_one()
    if begun == count then return end
    begun = begun + 1
    local socket = net.connect({
      port = port, host = "127.0.0.1",
      localAddress = "127.0.0." .. (first_address + math.floor(begun / PORTS_OF_ADDRESS)),
    }, function()
      up = up + 1
      if up == count then return reply(up) end
      next_one()
    end)
    socket:on("error", function(err) common.fail("an idle connection: " .. tostring(err)) end)
    socket:on("end", function() common.fail("an idle connection was ended") end)
    socket:on("data", function(data)
      if data ~= "x" then common.fail("an idle connection got what it did not send") end
      answered = answered + 1
      if answered == #sockets then on_answer() end
    end)
    sockets[begun] = socket
  end
  for _ = 1, AT_A_TIME do
    next_one()
  end
end

common.serve({
  connect = connect_all,
  speak = function(reply)
    local begun = core.now()
    answered = 0
    on_answer = function()
      reply(answered, core.now() - begun)
    end
    for _, socket in ipairs(sockets) do
      socket:write("x")
    end
  end,
  close = function(reply)
    local left = #sockets
    for _, socket in ipairs(sockets) do
      socket:removeAllListeners("end")
      socket:on("close", function()
        left = left - 1
        if left == 0 then reply(0) end
      end)
      socket:destroy()
    end
    sockets = {}
  end,
})
