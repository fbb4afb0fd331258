--- Lazy state: a connection that lives the usual life has no stream tables.
--
-- Nearly every connection that a server accepts is read by a `data` listener, ends when its peer ends, and is closed.
-- Of such a socket there is nothing to tell but how far it is: its stage, which is in its handle. Whoever asks what the
-- state is gets a table that all sockets of a stage share, to look at only. Whoever changes it, or listens for what
-- would happen on the way, gets tables of the socket's own, copies of the shared ones, and the streams go on from
-- there. So a stage is passed only where nobody can see it.
--
--     "open"      accepted, read, but nobody listens for `data`
--     "flowing"   somebody does: chunks go straight to the listener
--     "ended"     the peer has ended; `end` is due in a tick
--     "finishing" `end` had no listeners; the socket ends its own side in a tick
--     "shutting"  FIN is on its way
--     "closed"    both sides are over, the handle is closing or closed; there is no `_handle` any more
--
-- Where there are no ticks and nobody listens for `end`, the core goes from "flowing" to "shutting" by itself.
--
-- Floor 5.

local after_write = require("uvnet.stream.after_write")
local core = require("uvnet.core")
local flow = require("uvnet.stream.flow")
local read = require("uvnet.stream.read")
local ticks = require("uvnet.runtime.ticks")

local later = ticks.later
local rawget, rawset, pairs = rawget, rawset, pairs

local lazy = {}

local callback_number, place = core.callback, ticks.place

-- `resume` is due in a tick, for which somebody has to listen. Mostly nobody does, and then its place in the queue is
-- noted instead, for one socket in a callback of the loop.
local resuming = {} -- sockets for which it is queued
local noted_handle, noted_place, noted_in

-- ---- the shared states ----

local function read_only(fields)
  return setmetatable(fields, { __newindex = function() error("this state is shared", 2) end })
end

local function with(fields, more)
  local result = {}
  for name, value in pairs(fields) do
    result[name] = value
  end
  for name, value in pairs(more) do
    if value == "nothing" then
      result[name] = nil
    else
      result[name] = value
    end
  end
  return result
end

-- `close` comes from the handle, with an argument: the streams are not to emit it.
local NEW = { noEmitClose = true }
local OVER = { destroyed = true, closed = true, closeEmitted = true }

local open = with(NEW, { reading = true, needReadable = true, sync = false })
local flowing = with(open, { flowing = true, dataListening = true, paused = false })
local ended = with(flowing, { reading = "nothing", needReadable = "nothing", ended = true, endScheduled = true })
local end_emitted = with(ended, { endScheduled = "nothing", endEmitted = true, afterEnd = true })
local ending = with(NEW, { ending = true, ended = true, finalCalled = true, pendingcb = 1 })
local finished = with(ending, { pendingcb = 0, prefinished = true, finished = true, finishEmitted = true })

--- The states of both sides at each stage: what the streams have where no shortcut is taken.
lazy.STATES = {
  new = { readable = NEW, writable = NEW },
  open = { readable = open, writable = NEW },
  flowing = { readable = flowing, writable = NEW },
  ended = { readable = ended, writable = NEW },
  finishing = { readable = end_emitted, writable = NEW },
  shutting = { readable = end_emitted, writable = ending },
  closed = { readable = with(end_emitted, OVER), writable = with(finished, OVER) },
}
for _, sides in pairs(lazy.STATES) do
  sides.readable, sides.writable = read_only(with(sides.readable, {})), read_only(with(sides.writable, {}))
end

local STATES = lazy.STATES

--- How far a lazy socket is; nil if it has tables of its own, or nothing has been decided yet.
local function stage_of(socket)
  if rawget(socket, "_rs") then return nil end
  local handle = rawget(socket, "_handle")
  if handle then return handle:stage() end
  return rawget(socket, "_server") and "closed" or nil
end
lazy.stage = stage_of

-- The same of one that is not lazy, or not any more: one that a server has accepted is read from the start.
local function first_stage(socket)
  return rawget(socket, "_handle") and rawget(socket, "_server") and "open" or "new"
end

--- The state of both sides, to look at only, of a socket that has no tables of its own.
function lazy.peek(socket) return STATES[stage_of(socket) or first_stage(socket)] end

--- Was it lazy until it was closed, and had it read something?
function lazy.closed_after_reading(socket) return stage_of(socket) == "closed" and socket.bytesRead > 0 end

-- The `resume` event belongs into a tick.
local function resumed(socket)
  resuming[socket] = nil
  local rs = rawget(socket, "_rs")
  if rs then
    if rs.resumeScheduled then flow.resume_now(socket) end
  else
    local events = socket._events
    if events and events.resume ~= nil then socket:emit("resume") end
  end
end

local function queue_resume(socket)
  resuming[socket] = true
  later(resumed, socket)
end

-- The socket flows from now on.
local function note_resume(socket, handle)
  local number = callback_number()
  if number == 0 or noted_handle and noted_in == number then return queue_resume(socket) end
  noted_handle, noted_place, noted_in = handle, place(), number
end

--- Somebody would notice `resume`: if it is still due, it is queued.
function lazy.notice_resume(socket)
  local handle = rawget(socket, "_handle")
  if not handle or handle ~= noted_handle then return end
  noted_handle = nil
  if noted_in == callback_number() and ticks.at(noted_place, resumed, socket) then resuming[socket] = true end
end

local notice_resume = lazy.notice_resume

--- Makes a socket's own tables.
function lazy.unfold(socket)
  if rawget(socket, "_rs") then return end
  notice_resume(socket)
  local stage = stage_of(socket)
  local sides = STATES[stage or first_stage(socket)]
  local rs, ws = with(sides.readable, {}), with(sides.writable, {})
  local handle = rawget(socket, "_handle")
  if handle then handle:setStage(nil) end
  rawset(socket, "_ws", ws)
  rawset(socket, "_rs", rs)
  if not stage or stage == "open" then return end
  rs.resumeScheduled = resuming[socket]
  if socket.bytesRead > 0 then rs.dataEmitted = true end
  if stage == "shutting" then
    socket._shutting = function(err) after_write.on_final(socket, ws, err) end
  end
end

local unfold = lazy.unfold

-- ---- from stage to stage ----

local function listens(socket, event)
  local events = rawget(socket, "_events")
  return events and events[event] ~= nil
end

--- Somebody listens for `data` now. Returns false if that is not all there is to it.
function lazy.flow(socket)
  local handle = socket._handle
  if not handle or rawget(socket, "_reader") ~= nil then return false end
  local flows = handle:flow()
  if flows == nil then return false end
  if socket._events.newListener ~= nil then
    if not flows then handle:directRead(false) end
    return false
  end
  if not flows then
    note_resume(socket, handle)
    if socket._events.resume ~= nil then notice_resume(socket) end
  end
  return true
end

local function finish(socket)
  local handle = rawget(socket, "_handle")
  if stage_of(socket) ~= "finishing" or not handle:shutdown() then
    unfold(socket)
    socket:_finishAfterEnd()
    return
  end
  handle:directWrite(false)
  handle:setStage("shutting")
end

local function emit_end(socket)
  if stage_of(socket) ~= "ended" or listens(socket, "end") then
    unfold(socket)
    read.end_now(socket, socket._rs)
    return
  end
  socket._handle:setStage("finishing")
  later(finish, socket)
end

--- The peer has ended. Returns false if the socket is not lazy.
function lazy.ended(socket)
  if stage_of(socket) ~= "flowing" or rawget(socket, "allowHalfOpen") then return false end
  socket._handle:setStage("ended")
  later(emit_end, socket)
  return true
end

--- FIN is out, and somebody listens for what comes now. Returns false if the socket is not lazy.
function lazy.shut(socket)
  if stage_of(socket) ~= "shutting" then return false end
  unfold(socket)
  local callback = socket._shutting
  socket._shutting = nil
  callback()
  return true
end

return lazy
