-- The servers of the walk. Some talk, some give back what comes, some are relays: they connect to another server, TCP
-- to unix socket or the other way round, and pipe both ways.

local base = require("walk.base")
local net = require("uvnet")
local people = require("walk.people")
local timers = require("uvnet.timers")
local chance, hold, random = base.chance, base.hold, base.random

local servers = { list = {} }

local HOST = "127.0.0.1"

local function inside(who)
  if #people.list > 0 and chance(8) then people.act(base.one_of(people.list)) end
  if chance(3) then servers.act(who) end
  base.maybe_raise(3)
end

-- ---- connections ----

local function join(who, socket)
  local one = people.join("accepted", socket)
  one.connected = true
  who.accepted[#who.accepted + 1] = socket
  return one
end

local function relay(who, socket, one)
  one.echo, one.relayed = true, true
  people.listen(one)
  local upward = net.Socket({ allowHalfOpen = who.server.allowHalfOpen })
  local other = people.join("relay", upward)
  -- What it sends is another's: it has bytes for nobody of its own.
  other.echo, other.relayed, other.head = true, true, ""
  people.listen(other)
  local address = who.target.server.listening and who.target.server:address()
  if not address then return socket:destroy() end
  upward:connect(type(address) == "string" and { path = address } or { port = address.port, host = HOST })
  socket:pipe(upward)
  upward:pipe(socket)
end

local function on_connection(who, socket)
  local one = join(who, socket)
  if who.target then return relay(who, socket, one) end
  one.echo = who.echo
  people.listen(one)
  if who.echo then
    -- What comes back is the client's own stream, with its own head.
    socket:pipe(socket)
  else
    people.write_head(one)
    people.inside(one)
  end
end

-- ---- one server ----

local function close(who)
  who.closing = true
  local callback
  if chance(30) then
    local called = false
    who.callbacks = who.callbacks + 1
    callback = function()
      hold(not called, "a callback of close was called twice", who)
      called = true
      who.callbacks = who.callbacks - 1
      base.count("callbacks of close")
    end
  end
  who.server:close(callback)
end

-- Once: as in Node, closing a server that is closed has it emit `close` again.
function servers.close(who)
  if not who.closing then close(who) end
end

local function listen(who)
  who.closed, who.closing, who.failed = false, false, false
  who.server:listen(who.where)
end

local function new_place()
  if chance(50) then return { port = 0, host = HOST } end
  local path = os.tmpname()
  os.remove(path)
  return { path = path .. ".s" }
end

function servers.new()
  local options = { allowHalfOpen = chance(30), pauseOnConnect = chance(8), noDelay = chance(20) }
  if chance(10) then options.keepAlive = true end
  if chance(10) then options.highWaterMark = random(5000) end
  local server = net.createServer(options)
  local who = { kind = "server", id = people.next_id(), server = server, accepted = {}, story = {}, callbacks = 0 }
  local kind = random(10)
  if kind <= 3 then
    who.echo = true
  elseif kind <= 5 then
    -- An echo's bytes come back through it; those of who talks have another's head.
    local target = base.one_of(servers.list)
    if target and target.echo and target.server.listening then who.target = target end
  end
  if chance(20) then server.maxConnections = random(5) end
  server:on("connection", function(socket)
    base.alive(who, "connection")
    on_connection(who, socket)
    if options.pauseOnConnect and not socket:listeners("data")[2] then
      timers.setTimeout(function() socket:resume() end, random(10))
    end
    inside(who)
  end)
  server:on("drop", function()
    base.alive(who, "drop")
    inside(who)
  end)
  server:on("listening", function()
    base.alive(who, "listening")
    if chance(5) then servers.close(who) end
    inside(who)
  end)
  server:on("error", function(err)
    base.once(who, "server error", "failed")
    hold(type(err) == "table" and err.code, "a server's error without an Error", who)
    who.closing = true
    inside(who)
  end)
  server:on("close", function()
    base.once(who, "close", "closed")
    hold(not server.listening and server.connections == 0, "close of a server that is open", who)
    -- An error here would keep the callbacks of `close` from being called, which are listeners too.
  end)
  who.where = new_place()
  -- Now and then where another one is already.
  local other = base.one_of(servers.list)
  if other and chance(3) then who.where = other.where end
  servers.list[#servers.list + 1] = who
  listen(who)
end

-- ---- calls ----

local calls = {
  ref = function(who) who.server:ref() end,
  unref = function(who) who.server:unref() end,
  limit = function(who) who.server.maxConnections = chance(50) and random(8) or nil end,
  ask = function(who)
    who.callbacks = who.callbacks + 1
    who.server:getConnections(function(err, count)
      who.callbacks = who.callbacks - 1
      hold(not err and count >= 0, "getConnections does not answer", who)
      inside(who)
    end)
  end,
  address = function(who)
    hold((who.server:address() ~= nil) == who.server.listening or not who.server.listening, "no address", who)
  end,
  twice = function(who)
    if not who.server.listening then return end
    local ok, err = pcall(who.server.listen, who.server, 0)
    hold(not ok and err.code == "ERR_SERVER_ALREADY_LISTEN", "it listens twice", who)
  end,
  again = function(who)
    if who.closed and not who.failed then listen(who) end
  end,
  close = servers.close,
}
local names = {}
for name in pairs(calls) do
  names[#names + 1] = name
end
table.sort(names)

function servers.act(who)
  base.step = base.step + 1
  local name = base.one_of(names)
  -- Closing is for less often.
  if name == "close" and chance(80) then return end
  base.count("server " .. name)
  base.tell(who, "(" .. name)
  calls[name](who)
end

-- Where a client may connect to; nil where there is nothing.
function servers.target()
  if chance(5) then return { port = 1, host = HOST } end
  if chance(3) then return { path = "/nowhere/at/all" } end
  local who = base.one_of(servers.list)
  local address = who and who.server.listening and who.server:address()
  if not address then return nil end
  if type(address) == "string" then return { path = address }, who end
  return { port = address.port, host = HOST }, who
end

-- A server's connections are those that it has given, and that are not destroyed.
function servers.check()
  for _, who in ipairs(servers.list) do
    local accepted = who.accepted
    for i = #accepted, 1, -1 do
      if accepted[i].destroyed then
        accepted[i] = accepted[#accepted]
        accepted[#accepted] = nil
      end
    end
    if who.server.connections ~= #accepted then
      base.broken(("%d connections, not %d"):format(who.server.connections, #accepted), who)
    end
  end
end

function servers.let_go()
  local list = servers.list
  for i = #list, 1, -1 do
    local who = list[i]
    if who.closed and who.callbacks == 0 and #who.accepted == 0 and chance(20) then table.remove(list, i) end
  end
end

return servers
