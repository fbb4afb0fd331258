-- What the walk does to sockets, at random: legal calls, and wrong ones.

local base = require("walk.base")
local core = require("uvnet.core")
local net = require("uvnet")
local people = require("walk.people")
local servers = require("walk.servers")
local timers = require("uvnet.timers")
local chance, hold, one_of, random, tell = base.chance, base.hold, base.one_of, base.random, base.tell

local operations = {}

local function noop() end

-- ---- clients ----

-- Ways to find a host: at once, in a tick, late; an address or a list, with some that lead nowhere before; or none.
local function lookup(_, options, callback)
  local good = { address = "127.0.0.1", family = 4 }
  local answer = function() callback(nil, good.address, good.family) end
  local dice = random(10)
  if dice <= 2 then
    answer = function() callback(net.errors("by intent")) end
  elseif options.all and dice <= 7 then
    local list = { good }
    if dice <= 5 then list = { { address = "::1", family = 6 }, { address = "127.0.0.3", family = 4 }, good } end
    answer = function() callback(nil, list) end
  end
  local when = random(3)
  if when == 1 then return answer() end
  if when == 2 then return timers.nextTick(answer) end
  timers.setTimeout(answer, random(20))
end

local function found_somehow(where)
  if not where.port or not chance(30) then return where end
  where.host = "localhost"
  if chance(70) then where.lookup = lookup end
  if chance(30) then where.autoSelectFamily = false end
  if chance(30) then where.autoSelectFamilyAttemptTimeout = random(20) end
  if chance(10) then where.family = 4 end
  if chance(10) then where.localAddress = "127.0.0." .. random(3) end
  return where
end

function operations.new_client()
  local where, server = servers.target()
  if not where then return end
  local socket = net.Socket({ allowHalfOpen = chance(30), highWaterMark = chance(10) and random(5000) or nil })
  local who = people.join("client", socket)
  local comes_back = server and (server.echo or server.target)
  who.relayed = server and server.target ~= nil
  if chance(10) and not comes_back then
    who.hex = true
    socket:setEncoding("hex")
  end
  people.listen(who)
  socket:connect(found_somehow(where))
  people.write_head(who)
end

-- ---- writing ----

local SIZES = { 0, 1, 2, 100, 1000, 1000, 16384, 16385, 70000, 300000 }

local function callback_of(who)
  local called = false
  who.callbacks = who.callbacks + 1
  return function()
    hold(not called, "a callback of write was called twice", who)
    called = true
    base.called_back = base.called_back + 1
    who.callbacks = who.callbacks - 1
    people.inside(who)
  end
end

local function write(who)
  local socket = who.socket
  -- A lookup that answers at once comes before the head.
  if who.echo or not who.begun or socket.writableLength > 2000000 then return end
  local size = one_of(SIZES)
  if size == 300000 and chance(10) then size = 1600000 end
  local data = base.bytes(who.sent, size)
  local callback = chance(50) and callback_of(who) or nil
  -- Before the call: listeners may write more from within it.
  if not socket.destroyed and not socket.writableEnded then
    who.sent = who.sent + size
    base.sent = base.sent + size
    tell(who, ("%d to %d"):format(size, who.sent))
  end
  local way = random(10)
  if way == 1 and size < 20000 then
    socket:write(base.to_hex(data), "hex", callback)
  elseif way == 2 and size > 2 then
    socket:write({ data:sub(1, 1), data:sub(2) }, callback)
  else
    socket:write(data, callback)
  end
end

-- ---- wrong calls ----

local WRONG = {
  { function(socket) socket:write(42) end, while_writable = true },
  { function(socket) socket:write("x", "klingon") end, while_writable = true },
  { function(socket) socket:connect({}) end },
  { function(socket) socket:connect(70000) end },
  { function(socket) socket:connect({ port = 1, localAddress = "here" }) end },
  { function(socket) socket:setTimeout("soon") end, while_alive = true },
  { function(socket) socket:on("data", 5) end },
  { function(socket) socket:setEncoding("klingon") end },
  { function() net.run() end, while_running = true },
  { function() net.createServer(5) end },
  { function() net.createServer():listen(70000) end },
  { function() net.Socket({ fd = -1 }) end },
  { function() timers.setTimeout("x") end },
  { function() timers.nextTick() end },
}

local function call_wrongly(who)
  local wrong = one_of(WRONG)
  if wrong.while_running and not core.running() then return end
  -- As in Node, nobody looks at these any more.
  if wrong.while_alive and who.socket.destroyed then return end
  if wrong.while_writable and (who.socket.destroyed or who.socket.writableEnded) then return end
  local ok, err = pcall(wrong[1], who.socket)
  if ok then
    for i, one in ipairs(WRONG) do
      if one == wrong then base.broken(("wrong call %d was taken"):format(i), who) end
    end
  end
  hold(type(err) == "table" and err.code, "a wrong call raises no Error: " .. tostring(err), who)
end

-- ---- all of them ----

local function listen_for_a_while(who)
  local socket = who.socket
  local way = random(5)
  if way == 1 then
    socket:on("data", noop)
    socket:removeListener("data", noop)
  elseif way == 2 then
    socket:once("data", noop)
  elseif way == 3 then
    -- It leaves from within.
    local function leave() socket:removeListener("data", leave) end
    socket:prependListener("data", leave)
  elseif way == 4 then
    local event = one_of({ "drain", "pause", "end", "finish", "close", "timeout" })
    socket:once(event, function() people.inside(who) end)
  elseif not who.echo then
    -- Reads by hand for a while: what `read` gives is a `data` too.
    local function read() socket:read() end
    socket:on("readable", read)
    timers.nextTick(function()
      socket:removeListener("readable", read)
      socket:resume()
    end)
  end
end

local function connect_again(who)
  if who.kind ~= "client" or not who.closed or who.hex then return end
  local where, server = servers.target()
  if not where or who.callbacks > 0 then return end
  people.new_life(who)
  who.lost = true
  who.relayed = server and server.target ~= nil
  local ok, err = pcall(who.socket.connect, who.socket, found_somehow(where))
  if not ok then
    -- It is what it was: closed, and nothing more comes. But if it was destroyed anew within the call.
    if who.socket.destroyed and who.socket.closed then who.closed = true end
    error(err, 0)
  end
  who.socket:resume()
  people.write_head(who)
end

local calls = {
  { 40, "write", write },
  -- As in Node, who is destroyed before it is ended calls no callback of `finish`.
  { 3, "finish", function(who)
    local with = chance(30) and (not who.socket.destroyed or who.socket.writableEnded)
    who.socket:finish(with and callback_of(who) or nil)
  end },
  { 2, "destroy", function(who) who.socket:destroy() end },
  { 1, "fail", function(who) who.socket:destroy(net.errors("by intent")) end },
  { 1, "soon", function(who) who.socket:destroySoon() end },
  { 1, "reset", function(who)
    who.reset = true
    pcall(who.socket.resetAndDestroy, who.socket)
  end },
  { 5, "pause", function(who) who.socket:pause() end },
  { 9, "resume", function(who) who.socket:resume() end },
  -- Of an echo two listen for data: a read within the first would give the second the later chunk first, as in Node.
  { 3, "read", function(who)
    if who.echo then return end
    who.socket:read(chance(50) and 2 * random(500) or nil)
  end },
  { 3, "cork", function(who)
    local socket = who.socket
    socket:cork()
    timers.nextTick(function() socket:uncork() end)
  end },
  { 2, "timeout", function(who) who.socket:setTimeout(random(20) - 1) end },
  { 2, "option", function(who)
    who.socket:setNoDelay(chance(50))
    who.socket:setKeepAlive(chance(50), random(5000))
  end },
  { 2, "ref", function(who) if chance(50) then who.socket:unref() else who.socket:ref() end end },
  { 2, "look", function(who)
    local socket = who.socket
    noop(socket:address(), socket.remoteAddress, socket.readyState, socket.bufferSize, tostring(socket))
  end },
  { 4, "listen", listen_for_a_while },
  { 1, "wrong", call_wrongly },
  { 1, "again", connect_again },
}

local wheel = {}
for _, call in ipairs(calls) do
  for _ = 1, call[1] do
    wheel[#wheel + 1] = call
  end
end

local depth = 0

--- Does something to one of them, mostly to this one. What a listener raises comes out of it.
function operations.act(who)
  if depth > 2 then return end
  local list = people.list
  if not who.socket or (#list > 0 and chance(30)) then who = one_of(list) end
  local call = one_of(wheel)
  base.step = base.step + 1
  tell(who, "(" .. call[2])
  base.count(call[2])
  depth = depth + 1
  local ok, err = pcall(call[3], who)
  depth = depth - 1
  tell(who, ")")
  people.check(who)
  if not ok then error(err, 0) end
end
people.act = operations.act

return operations
