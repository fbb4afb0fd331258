-- A server of the soak. Two listeners: one gives back what comes, by `pipe`; the other reads a head that says what is
-- to be done, and checks what comes.
-- The head: what (d: check and give back; s: check and say how much; g: send), the fault, the place in the pattern, the
-- size. Faults of the server, in the middle of a stream: r resets, x destroys, p stops reading for a while, h ends its
-- side.

package.path = "stress/?.lua;" .. package.path
local common = require("soak.common")
local net = require("uvnet")

local HEAD = 22
local open, whole, broken, checked = 0, 0, 0, 0

local function watch(socket)
  open = open + 1
  socket:on("error", function() end)
  socket:on("close", function() open = open - 1 end)
end

local function piped(socket)
  watch(socket)
  socket:pipe(socket)
end

local function stop_for_a_while(socket)
  socket:pause()
  net.timers.setTimeout(function() socket:resume() end, math.random(200))
end

-- Does what `fault` says. True: nothing more is to be sent.
local function strike(socket, fault)
  if fault == "r" then socket:resetAndDestroy() end
  if fault == "x" then socket:destroy() end
  if fault == "p" then stop_for_a_while(socket) end
  if fault == "h" then socket:finish() end
  return fault == "r" or fault == "x" or fault == "h"
end

local function generate(socket, _, fault, offset, size)
  common.send(socket, offset, size, function() return strike(socket, fault) end, function()
    if not socket.destroyed then socket:finish() end
  end)
  return function() common.fail("bytes for who sends") end, function() end
end

local function give_back(socket, data)
  if socket.writable and not socket:write(data) then
    socket:pause()
    socket:once("drain", function() socket:resume() end)
  end
end

-- Gives what takes the bytes, and what is called at the end.
local function check(socket, what, fault, offset, size)
  local take, tally = common.receiver(offset, "at the server, " .. what .. fault)
  local struck = false
  return function(data)
    take(data)
    checked = checked + #data
    if what == "d" then give_back(socket, data) end
    if not struck and tally.got >= size / 2 then
      struck = true
      strike(socket, fault)
    end
  end, function()
    -- Where the client has broken it off, that may still look like an end.
    if fault ~= "R" and fault ~= "X" then
      if tally.got ~= size and fault ~= "H" then
        common.fail(("the server got %d of %d bytes, %s%s"):format(tally.got, size, what, fault))
      end
      whole = whole + 1
    end
    if socket.destroyed or not socket.writable then return end
    socket:finish(what == "s" and ("%012d"):format(tally.got) or nil)
  end
end

local function directed(socket)
  watch(socket)
  local head, take, finish = ""
  socket:on("data", function(data)
    if not take then
      head = head .. data
      if #head < HEAD then return end
      local what, fault, offset, size = head:match("^(.)(.)(%d%d%d%d%d%d%d%d)(%d%d%d%d%d%d%d%d%d%d%d%d)")
      data = head:sub(HEAD + 1)
      local act = what == "g" and generate or check
      take, finish = act(socket, what, fault, tonumber(offset), tonumber(size))
    end
    if #data > 0 then take(data) end
  end)
  socket:on("end", function()
    if finish then finish() else socket:finish() end
  end)
  socket:on("close", function(had_error)
    if had_error then broken = broken + 1 end
  end)
end

local function listen(listener)
  local server = net.createServer({ allowHalfOpen = true }, listener)
  server:listen(0)
  return server:address().port
end

local ports = { listen(piped), listen(directed) }

common.serve({
  ports = function(reply) reply(ports[1], ports[2]) end,
  open = function(reply) reply(open) end,
  figures = function(reply) reply(whole, broken, checked) end,
})
