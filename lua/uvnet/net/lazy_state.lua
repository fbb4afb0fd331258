--- Folded state: a connection that lives the usual life has no stream tables.
--
-- Nearly every connection is read by a `data` listener, ends when its peer ends, and is closed. Of such a socket
-- there is
-- nothing to tell but how far it is: its `_stage`. Whoever looks closer, or listens for what would happen on the way,
-- unfolds it: the tables are made as they would be by now, and the streams go on from there. So a stage is passed only
-- where nobody can see it.
--
--     (nil)       open. The core's direct lane is open if it flows
--     "ended"     the peer has ended; `end` is due in a tick
--     "finishing" `end` had no listeners; the socket ends its own side in a tick
--     "shutting"  FIN is on its way
--     "closed"    both sides are over, the handle is closing or closed
--
-- Floor 5.

local after_write = require("uvnet.stream.after_write")
local flow = require("uvnet.stream.flow")
local lanes = require("uvnet.net.fast_path")
local read = require("uvnet.stream.read")
local ticks = require("uvnet.runtime.ticks")

local later = ticks.later

local fold = {}

local resuming = {} -- sockets for which `resume` is due in a tick

-- `close` comes from the handle, with an argument; the streams are not to emit it.
local function new_side() return { noEmitClose = true } end

local function reading(rs, socket)
  rs.reading, rs.needReadable = true, true
  rs.flowing, rs.dataListening, rs.paused, rs.sync = true, true, false, false
  rs.resumeScheduled = resuming[socket]
  if socket.bytesRead > 0 then rs.dataEmitted = true end
end

local function over(side)
  side.destroyed, side.closed, side.closeEmitted = true, true, true
end

--- Makes the tables of a folded socket.
function fold.unfold(socket)
  local stage = rawget(socket, "_stage")
  local rs, ws = rawget(socket, "_rs"), rawget(socket, "_ws")
  if not ws then
    ws = new_side()
    rawset(socket, "_ws", ws)
  end
  if rs then return end
  rs = new_side()
  rawset(socket, "_rs", rs)
  local handle = rawget(socket, "_handle")
  if not stage then
    if handle and handle:isDirectRead() then reading(rs, socket) end
    -- A server's socket is read from the start, as after a first `read(0)`.
    if handle and rawget(socket, "_server") then rs.reading, rs.needReadable, rs.sync = true, true, false end
    return
  end
  socket._stage = nil
  reading(rs, socket)
  rs.reading, rs.needReadable = nil, nil
  rs.ended = true
  if stage == "ended" then return end
  rs.endEmitted, rs.afterEnd = true, true
  if stage == "finishing" then return end
  ws.ending, ws.ended, ws.finalCalled = true, true, true
  if stage == "shutting" then
    ws.pendingcb = 1
    socket._shutting = function(err) after_write.on_final(socket, ws, err) end
    return
  end
  ws.pendingcb = 0
  ws.prefinished, ws.finished, ws.finishEmitted = true, true, true
  over(rs)
  over(ws)
end

local unfold = fold.unfold

--- Has it stream tables?
function fold.is_unfolded(socket) return rawget(socket, "_rs") ~= nil or rawget(socket, "_ws") ~= nil end

local is_unfolded = fold.is_unfolded

local function listens(socket, event)
  local events = rawget(socket, "_events")
  return events and events[event] ~= nil
end

-- The `resume` event belongs into a tick.
local function resumed(socket)
  resuming[socket] = nil
  local rs = rawget(socket, "_rs")
  if rs then
    if rs.resumeScheduled then flow.resume_now(socket) end
  elseif listens(socket, "resume") then
    socket:emit("resume")
  end
end

--- Somebody listens for `data` of an open socket: it flows. Returns false if that is not all there is to it.
function fold.flow(socket)
  if is_unfolded(socket) or not lanes.enabled or rawget(socket, "_stage") then return false end
  local handle = rawget(socket, "_handle")
  if not handle or rawget(socket, "connecting") then return false end
  if not lanes.is_standard(socket) then return false end
  if listens(socket, "readable") or listens(socket, "newListener") then return false end
  if handle:isDirectRead() then return true end
  handle:directRead(true)
  resuming[socket] = true
  later(resumed, socket)
  return true
end

local function finish(socket)
  local handle = rawget(socket, "_handle")
  if rawget(socket, "_stage") ~= "finishing" or is_unfolded(socket) or not handle:shutdown() then
    unfold(socket)
    socket:_finishAfterEnd()
    return
  end
  handle:directWrite(false)
  socket._stage = "shutting"
end

local function emit_end(socket)
  if rawget(socket, "_stage") ~= "ended" or is_unfolded(socket) or listens(socket, "end") then
    unfold(socket)
    read.end_now(socket, socket._rs)
    return
  end
  socket._stage = "finishing"
  later(finish, socket)
end

--- The peer has ended. Returns false if the socket is not folded.
function fold.ended(socket)
  if is_unfolded(socket) or rawget(socket, "allowHalfOpen") or not socket._handle:isDirectRead() then return false end
  if not lanes.is_standard(socket) then return false end
  socket._stage = "ended"
  later(emit_end, socket)
  return true
end

local function nothing() end

--- FIN is out. Returns false if the socket is not folded.
function fold.shut(socket)
  if rawget(socket, "_stage") ~= "shutting" then return false end
  if listens(socket, "finish") or listens(socket, "prefinish") then
    unfold(socket)
    local callback = socket._shutting
    socket._shutting = nil
    callback()
    return true
  end
  socket:_destroy(nil, nothing)
  socket._stage = "closed"
  return true
end

return fold
