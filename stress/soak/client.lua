-- The clients of the soak that come and go: as many at a time as the driver says, each with a size, a task for the
-- server and maybe a fault. Where nothing has broken a stream, all of it has to come back; where something has, what
-- came is its beginning.
-- Faults of the client, in the middle of a stream: R resets, X destroys, P stops reading for a while, H ends its side.

package.path = "stress/?.lua;" .. package.path
local common = require("soak.common")
local net = require("uvnet")
local timers = net.timers

local STANDS_STILL = 60000 -- ms
local FAULTS = { e = "RXPH", d = "RXPHrxph", s = "RXHrxp", g = "RXPrx" }
local TASKS = { "e", "e", "d", "d", "s", "g" }

local population, ending, ports
local alive, made, checked, whole = 0, 0, 0, 0
local faults = {}

local function sized()
  local dice = math.random(100)
  if dice <= 10 then return math.random(3) end
  if dice <= 50 then return math.random(1000) end
  if dice <= 95 then return math.random(30000) end
  return math.random(common.LONGEST)
end

local function one_of(text)
  local at = math.random(#text)
  return text:sub(at, at)
end

local begin

-- What the client itself does in the middle of what it sends or receives. True: nothing more is to be sent.
local function strike(socket, fault)
  if fault == "R" then socket:resetAndDestroy() end
  if fault == "X" then socket:destroy() end
  if fault == "P" then
    socket:pause()
    timers.setTimeout(function() socket:resume() end, math.random(200))
  end
  return fault == "R" or fault == "X" or fault == "H"
end

-- Is the end of a stream what it has to be?
local function judge(task, fault, size, sent, got, reply, had_error)
  if fault == "r" or fault == "x" or fault == "R" or fault == "X" then return true end
  if had_error then return false end
  if task == "s" then return reply == ("%012d"):format(sent) end
  if task == "g" then return got == size end
  if fault == "h" then return got <= size end
  return got == sent and (sent == size or fault == "H")
end

local function start(socket, task, fault, offset, size)
  if task == "g" then return socket:finish() end
  common.send(socket, offset, size, function() return strike(socket, fault) end, function(sent)
    socket.sent = sent
    if not socket.destroyed then socket:finish() end
  end)
end

function begin()
  local task = TASKS[math.random(#TASKS)]
  local fault = math.random(10) <= 3 and one_of(FAULTS[task]) or "-"
  local size, offset = sized(), math.random(1000000)
  local socket = net.Socket({ allowHalfOpen = true })
  local take, tally = common.receiver(offset, "at the client, " .. task .. fault)
  local reply, failure, struck = "", nil, false
  alive, made = alive + 1, made + 1
  socket:setTimeout(STANDS_STILL, function() common.fail("a connection stands still, " .. task .. fault) end)
  socket:on("error", function(err) failure = err end)
  socket:on("data", function(data)
    if task == "s" then
      reply = reply .. data
      return
    end
    take(data)
    if task == "g" and not struck and tally.got >= size / 2 then
      struck = true
      strike(socket, fault)
    end
  end)
  socket:on("close", function(had_error)
    alive, checked = alive - 1, checked + tally.got
    if not judge(task, fault, size, socket.sent, tally.got, reply, had_error) then
      common.fail(("%s%s of %d bytes, %s sent: %d came back, reply %q, %s"):format(
        task, fault, size, tostring(socket.sent), tally.got, reply, tostring(failure)))
    end
    if fault == "-" then whole = whole + 1 else faults[fault] = (faults[fault] or 0) + 1 end
    if not ending then timers.setTimeout(begin, math.random(20)) end
  end)
  -- Several addresses, so that the ports of connections that are just over do not run out.
  socket:connect({ port = ports[task == "e" and 1 or 2], host = "127.0.0." .. math.random(2, 9) })
  if task ~= "e" then socket:write(("%s%s%08d%012d"):format(task, fault, offset, size)) end
  start(socket, task, fault, offset, size)
end

common.serve({
  begin = function(_, count, ...)
    population, ports = count, { ... }
    for _ = 1, population do
      timers.setTimeout(begin, math.random(500))
    end
  end,
  finish = function() ending = true end,
  open = function(reply) reply(alive) end,
  figures = function(reply)
    local names = {}
    for name, count in pairs(faults) do
      names[#names + 1] = name .. "=" .. count
    end
    table.sort(names)
    reply(made, whole, checked, table.concat(names, ","))
  end,
})
