-- The sockets of the walk: whose they are, what they hear, and the laws of what they hear.

local base = require("walk.base")
local chance, count, hold, tell = base.chance, base.count, base.hold, base.tell

local people = {
  list = {},
  by_id = {},
  -- Does something at random, from within a callback; operations.lua puts it here.
  act = nil,
}
local ids = 0

local HEAD = 8 -- who sends, and in which of his lives

function people.next_id()
  ids = ids + 1
  return ids
end

function people.new_life(who)
  who.sent, who.got, who.taken, who.head = 0, 0, 0, ""
  who.closed, who.ended, who.finished, who.connected, who.failed = false, false, false, false, false
  who.peer, who.begun = nil, false
  who.life = who.life + 1
end

function people.write_head(who)
  who.begun = true
  who.socket:write(("%06d%02d"):format(who.id, who.life % 100))
end

-- Something may happen within a callback: another call, or an error. Where two listen for `data`, as in a pipe, an
-- error of the first takes the chunk from the second.
local function inside(who)
  if chance(12) then people.act(who) end
  if not who.echo then base.maybe_raise(3) end
end
people.inside = inside

local function take_head(who, data)
  local part = data:sub(1, HEAD - #who.head)
  who.head = who.head .. part
  if #who.head == HEAD then
    who.peer, who.peer_life = people.by_id[tonumber(who.head:sub(1, 6))], tonumber(who.head:sub(7))
    hold(who.peer and who.peer_life, "the head is not what was sent: " .. base.to_hex(who.head), who)
  end
  return data:sub(#part + 1)
end

local function check_bytes(who, data)
  if who.hex then data = base.from_hex(data) end
  base.checked = base.checked + #data
  who.taken = who.taken + #data
  if #who.head < HEAD then data = take_head(who, data) end
  if data ~= base.bytes(who.got, #data) then
    base.broken(("%d bytes behind %d are not those that were sent%s, but %s; of the other side: %s"):format(
      #data, who.got, who.hex and ", in hex" or "", base.where(data),
      who.peer and table.concat(who.peer.story, " ") or ""), who)
  end
  who.got = who.got + #data
end

people.check_bytes = check_bytes

-- A reset takes what is on its way, and the system may tell the other side `end` all the same. It comes of
-- resetAndDestroy, and of closing a connection with data unread.
local function check_end(who)
  local peer = who.peer
  if peer and (peer.reset or peer.socket.destroyed and not peer.ended) then return end
  -- Of what comes back from an echo, or by way of others, what those did with it is not known.
  if not peer or peer == who or peer.relayed or peer.life % 100 ~= who.peer_life then return end
  if who.failed or peer.failed or not peer.finished then return end
  if who.got ~= peer.sent then
    base.broken(("got %d of %d bytes; of the other side: %s"):format(
      who.got, peer.sent, table.concat(peer.story, " ")), who)
  end
  count("streams whole")
end

local function simply(event)
  return function(who) base.alive(who, event) end
end

local listeners = {
  connect = function(who) base.once(who, "connect", "connected") end,
  ready = simply("ready"),
  lookup = simply("lookup"),
  connectionAttempt = simply("connectionAttempt"),
  connectionAttemptFailed = simply("connectionAttemptFailed"),
  connectionAttemptTimeout = simply("connectionAttemptTimeout"),
  drain = simply("drain"),
  timeout = simply("timeout"),
  -- These two answer a call, which may come late.
  pause = function(who) tell(who, "paused") end,
  resume = function(who) tell(who, "resumed") end,
  finish = function(who) base.once(who, "finish", "finished") end,
  ["end"] = function(who)
    base.once(who, "end", "ended")
    if not who.hex and not who.unseen then
      hold(who.socket.bytesRead == who.taken, "bytesRead is not what was read", who)
    end
    check_end(who)
    if who.peer == who and who.got == who.sent then count("streams whole and back") end
  end,
}

-- In one order on every Lua, for the generator's sake.
local events = {}
for event in pairs(listeners) do
  events[#events + 1] = event
end
table.sort(events)

local function on_close(who, had_error)
  local socket = who.socket
  base.once(who, "close", "closed")
  hold(socket.destroyed and not socket._handle, "close of a socket that is not", who)
  hold(had_error == who.failed, "close says another thing than error", who)
  if who.finished and not who.failed and not who.echo and not who.lost then
    -- Where `connect` raised what a listener had raised, there is no head, and it may have connected all the same.
    hold(socket.bytesWritten == who.sent + (who.begun and HEAD or 0), "bytesWritten is not what was written", who)
  end
end

local function listen_for_data(who)
  who.socket:on("data", function(data)
    base.alive(who, "data")
    hold(not who.ended, "data after end", who)
    hold(#data > 0, "data that is empty", who)
    check_bytes(who, data)
    inside(who)
  end)
end

function people.listen(who)
  local socket = who.socket
  -- Where a pipe alone takes the data, it goes another way through the library.
  who.unseen = who.echo and chance(60)
  if not who.unseen then listen_for_data(who) end
  socket:on("error", function(err)
    base.once(who, "error", "failed")
    hold(type(err) == "table" and err.message, "error without an Error", who)
    inside(who)
  end)
  socket:on("close", function(had_error)
    on_close(who, had_error)
    inside(who)
  end)
  -- Some things happen only where nobody looks: so not everyone listens for everything.
  for _, event in ipairs(events) do
    local needed = event == "finish" or event == "end"
    if who.watched or (needed and chance(70)) or chance(20) then
      socket:on(event, function()
        listeners[event](who)
        inside(who)
      end)
    end
  end
end

function people.join(kind, socket)
  local who = { kind = kind, id = people.next_id(), socket = socket, life = 0, story = {}, callbacks = 0 }
  who.watched = chance(50)
  people.new_life(who)
  people.by_id[who.id] = who
  people.list[#people.list + 1] = who
  return who
end

-- What holds at any time.
function people.check(who)
  local socket = who.socket
  local length, ready = socket.writableLength, socket.readyState
  if who.closed then hold(socket.destroyed or who.lost, "closed, and not destroyed", who) end
  hold(length >= 0, "writableLength is below 0", who)
  if socket.destroyed then
    hold(not socket._handle, "destroyed, with a handle", who)
    hold(not socket.readable and not socket.writable, "destroyed, and readable or writable", who)
    hold(ready == "closed", "destroyed, and " .. ready, who)
  elseif not who.hex and not who.unseen then
    local read = who.taken + socket.readableLength
    if socket.bytesRead ~= read then
      base.broken(("bytesRead is %d, not %d"):format(socket.bytesRead, read), who)
    end
  end
  if who.ended then hold(socket.readableLength == 0 and not socket.readable, "ended, and to be read", who) end
  if who.finished then hold(length == 0 and not socket.writable, "finished, and something to write", who) end
end

-- Those that are closed, and have nothing due any more, leave.
function people.let_go()
  local list = people.list
  for i = #list, 1, -1 do
    local who = list[i]
    if who.closed and who.callbacks == 0 and chance(50) then
      list[i] = list[#list]
      list[#list] = nil
    end
  end
end

return people
