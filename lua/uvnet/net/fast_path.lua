--- Shortcuts past the streams: when the core may take one, and when it may not.
--
-- A fast path is open while nothing in between could be observed. It is opened late: whether it can be is looked at
-- after a chunk has gone the slow path. It is closed early: whatever could be observed closes it before it happens. For
-- that a socket hears of three things: the streams tell of a change (`_flowChanged`, `_queueChanged`), a method that a
-- path passes by is heard of when it is put into a socket or a class (`watch`), and the core looks at the field `write`
-- each time, and at the listener of `data` until it has found the same twice: before that changes, events.lua tells it.
-- The fast paths are
--
-- * read: flowing, nothing held, nobody listens for `readable`, no decoder but that of UTF-8, with no half character:
--   a chunk goes to the one `data` listener, of text one that is whole characters;
-- * write: connected, nothing queued, not corked, not ended: `write(data)` asks the system at once;
-- * pipe: from the read path into the write path of one other socket, and nobody else listens for `data`.
--
-- The last shortcut is lazy state, below: a socket without tables of the streams.
--
-- With UVNET_NO_FAST_LANES in the environment everything goes the slow path, which is how it is shown that the fast
-- ones change nothing.
--
-- Floor 5.

local EventEmitter = require("uvnet.events")
local after_write = require("uvnet.stream.after_write")
local class = require("uvnet.base.class")
local core = require("uvnet.core")
local reading = require("uvnet.stream.read")
local ticks = require("uvnet.runtime.ticks")

local getmetatable, rawget, rawset, type = getmetatable, rawget, rawset, type

local fast = {
  enabled = not (os and os.getenv and os.getenv("UVNET_NO_FAST_LANES")),
  --- The methods of net.Socket as they are made: one that has been overridden has to be called.
  standard = {},
  --- Are those of net.Socket, whose instances a server accepts, still so?
  Socket_is_standard = true,
}

EventEmitter._forgetListener = core.forgetListener

-- The methods that a fast path passes by. Who has put something else in the place of one is to see it called. (`write`
-- is where the write path begins: there it is looked for.)
local PASSED = {
  "emit", "push", "read", "_read", "resume", "_write", "_writev", "_final", "finish", "destroy", "_destroy",
  "listenerCount",
}

local is_passed = {}
for _, name in ipairs(PASSED) do
  is_passed[name] = true
end

local checked = setmetatable({}, { __mode = "k" }) -- class -> are the methods of its instances standard?

local function check(its_class, socket)
  local result = true
  for i = 1, #PASSED do
    if socket[PASSED[i]] ~= fast.standard[PASSED[i]] then result = false end
  end
  checked[its_class] = result
  return result
end

--- Are the methods that the fast paths pass by as they were made?
function fast.is_standard(socket)
  if rawget(socket, "_altered") then return false end
  local its_class = getmetatable(socket).class
  local known = checked[its_class]
  if known == nil then return check(its_class, socket) end
  return known
end

local function idle_writer(ws)
  return (ws.length or 0) == 0
    and not ws.writing
    and not ws.corked
    and not ws.ending
    and not ws.destroyed
    and not ws.errored
    and not ws.defaultEncoding
end

--- Looks whether the write path can be open.
function fast.update_write(socket)
  local handle = socket._handle
  if not handle or not fast.enabled or rawget(socket, "connecting") then return end
  local ws = rawget(socket, "_ws")
  handle:directWrite((not ws or idle_writer(ws)) and fast.is_standard(socket))
end

--- Closes the write path.
function fast.close_write(socket)
  local handle = socket._handle
  if handle then handle:directWrite(false) end
end

local function flows(socket, rs)
  return rs.flowing
    and rs.dataListening
    and (rs.length or 0) == 0
    and not rs.readableListening
    and not rs.ended
    and not rs.destroyed
    and not rs.errored
    and rawget(socket, "_reader") == nil
end

-- Is a chunk of whole characters what the decoder would make of it?
local function is_transparent(decoder, encoding) return encoding == "utf8" and not decoder:isWaiting() end

-- The one socket that a source's data goes to, if that is all that happens to it.
local function pipe_target(socket, rs)
  local pipes = rs.pipes
  if not pipes or #pipes ~= 1 or EventEmitter.listenerCount(socket, "data") ~= 1 then return nil end
  local target = pipes[1]
  if target.write ~= fast.standard.write then return nil end
  return rawget(target, "_handle")
end

--- Looks whether the read path and the pipe path can be open, after a chunk has gone the slow path.
function fast.update_read(socket)
  local handle = socket._handle
  if not handle or not fast.enabled then return end
  local rs = rawget(socket, "_rs")
  local open = rs and flows(socket, rs) and fast.is_standard(socket) or false
  local decoder = open and rs.decoder
  if decoder then open = is_transparent(decoder, rs.encoding) end
  handle:directRead(open, decoder)
  handle:pipeTo(open and not decoder and pipe_target(socket, rs) or nil)
end

--- Has data come by the read path, past the streams?
function fast.has_read(handle) return handle:isDirectRead() and (handle:bytes()) > 0 end

--- Before the read path closes: what has come through it is said to the streams, which have not seen it.
function fast.tell_data(socket, handle)
  local rs = rawget(socket, "_rs")
  if rs and fast.has_read(handle) then rs.dataEmitted = true end
end

--- Closes the read path and the pipe path.
function fast.close_read(socket)
  local handle = socket._handle
  if handle then
    local _ = socket._rs -- what the open path says of the socket has to be said by its own state
    fast.tell_data(socket, handle)
    handle:directRead(false)
    handle:pipeTo(nil)
  end
end

local function close(socket)
  fast.close_write(socket)
  fast.close_read(socket)
end

-- A socket gets a method of its own.
local function alter(socket)
  rawset(socket, "_altered", true)
  close(socket)
end

-- The open sockets of one class.
local function each_open(open_objects, its_class, action)
  for _, object in ipairs(open_objects()) do
    if class.of(object) == its_class then action(object) end
  end
end

--- Closes the fast paths of whoever gets another method, by himself or by his class.
-- @tparam table Socket
-- @tparam function open_objects gives a list of all that is open
function fast.watch(Socket, open_objects)
  local altered = {} -- methods of net.Socket itself
  local function method_changes(changed, name, value)
    checked[changed] = nil
    if changed == Socket then
      altered[name] = value ~= fast.standard[name] or nil
      fast.Socket_is_standard = next(altered) == nil
    end
    each_open(open_objects, changed, close)
  end
  for name in pairs(is_passed) do
    fast.standard[name] = Socket[name]
    class.watch(Socket, name, function(changed, value) method_changes(changed, name, value) end, alter)
  end
  -- An open socket has the `write` of its class as a field of its own.
  fast.standard.write = Socket.write
  class.watch(Socket, "write", function(changed, write, old)
    each_open(open_objects, changed, function(object)
      if rawget(object, "write") == old then rawset(object, "write", write) end
    end)
  end)
end

-- ---- write for LuaJIT's compiler ----

-- A call of C through the C API is where compiled code ends, one by `ffi` is part of it. So the write path is entered
-- by `ffi`, and all that it does not settle at once goes the usual way.

-- What the core's offer() answers besides a number of bytes.
local TOO_MUCH, QUEUED = -2, -3

-- `ffi` is for who may have it: the host may take it away after us, from where it was.
local function quietly_require_ffi()
  local loaded = package.loaded.ffi
  local ffi = require("ffi")
  if loaded == nil then
    package.loaded.ffi = nil
    package.preload.ffi = function() return ffi end -- the same: a second one would not know the types of the first
  end
  return ffi
end

local function make_compiled_write(direct, queued, offer, kind)
  if not jit.status() then return nil end -- luacheck: ignore 113
  offer = quietly_require_ffi().cast("int (**)(void *, const char *, int)", offer)[0]

  return function(self, data, encoding, callback)
    if encoding == nil and callback == nil and type(data) == "string" and type(self) == "table" then
      local box = rawget(self, "_handle")
      if type(box) == "userdata" and getmetatable(box) == kind then
        local size = #data
        local taken = offer(box, data, size)
        if taken == size then return true end
        if taken == TOO_MUCH then return self:_waitForTurn() end
        if taken == QUEUED then return queued(self, size) end
      end
    end
    -- How many arguments there are is looked at.
    if callback ~= nil then return direct(self, data, encoding, callback) end
    if encoding ~= nil then return direct(self, data, encoding) end
    return direct(self, data)
  end
end

--- Makes the `write` of sockets for LuaJIT's compiler, or nil where nothing is compiled, or `ffi` is not to be had.
-- @tparam function direct the usual way: the core's write
-- @tparam function queued queued(socket, size): the core has queued what the system did not take
-- @tparam userdata offer the address of the core's pointer to offer(box, data, size)
-- @tparam table kind what getmetatable shows of a box
function fast.compiled_write(direct, queued, offer, kind)
  local ok, write = pcall(make_compiled_write, direct, queued, offer, kind)
  return ok and write or nil
end

-- ---- lazy state ----

-- Lazy state: a connection that lives the usual life has no stream tables.
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

local later = ticks.later

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
fast.STATES = {
  new = { readable = NEW, writable = NEW },
  open = { readable = open, writable = NEW },
  flowing = { readable = flowing, writable = NEW },
  ended = { readable = ended, writable = NEW },
  finishing = { readable = end_emitted, writable = NEW },
  shutting = { readable = end_emitted, writable = ending },
  closed = { readable = with(end_emitted, OVER), writable = with(finished, OVER) },
}
for _, sides in pairs(fast.STATES) do
  sides.readable, sides.writable = read_only(with(sides.readable, {})), read_only(with(sides.writable, {}))
end

local STATES = fast.STATES

--- How far a lazy socket is; nil if it has tables of its own, or nothing has been decided yet.
local function stage_of(socket)
  if rawget(socket, "_rs") then return nil end
  local handle = rawget(socket, "_handle")
  if handle then return handle:stage() end
  return getmetatable(socket).server and "closed" or nil
end
fast.stage = stage_of

-- The same of one that is not lazy, or not any more: one that a server has accepted is read from the start.
local function first_stage(socket)
  return rawget(socket, "_handle") and getmetatable(socket).server and "open" or "new"
end

--- The state of both sides, to look at only, of a socket that has no tables of its own.
function fast.peek(socket) return STATES[stage_of(socket) or first_stage(socket)] end

--- Was it lazy until it was closed, and had it read something?
function fast.closed_after_reading(socket) return stage_of(socket) == "closed" and socket.bytesRead > 0 end

-- The `resume` event belongs into a tick.
local function resumed(socket)
  resuming[socket] = nil
  local rs = rawget(socket, "_rs")
  if rs then
    if rs.resumeScheduled then reading.resume_now(socket) end
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
function fast.notice_resume(socket)
  local handle = rawget(socket, "_handle")
  if not handle or handle ~= noted_handle then return end
  noted_handle = nil
  if noted_in == callback_number() and ticks.at(noted_place, resumed, socket) then resuming[socket] = true end
end

local notice_resume = fast.notice_resume

--- Makes a socket's own tables.
function fast.make_own_state(socket)
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

local make_own_state = fast.make_own_state

-- ---- from stage to stage ----

local function listens(socket, event)
  local events = rawget(socket, "_events")
  return events and events[event] ~= nil
end

--- Somebody listens for `data` now. Returns false if that is not all there is to it.
function fast.flow(socket)
  local handle = socket._handle
  if not handle or rawget(socket, "_reader") ~= nil then return false end
  local did = handle:flow()
  if did == nil then return false end
  local events = rawget(socket, "_events")
  if events and events.newListener ~= nil then
    if not did then handle:directRead(false) end
    return false
  end
  if not did then
    note_resume(socket, handle)
    if events and events.resume ~= nil then notice_resume(socket) end
  end
  return true
end

local function finish(socket)
  local handle = rawget(socket, "_handle")
  if stage_of(socket) ~= "finishing" or not handle:shutdown() then
    make_own_state(socket)
    socket:_finishAfterEnd()
    return
  end
  handle:directWrite(false)
  handle:setStage("shutting")
end

local function emit_end(socket)
  if stage_of(socket) ~= "ended" or listens(socket, "end") then
    make_own_state(socket)
    reading.end_now(socket, socket._rs)
    return
  end
  socket._handle:setStage("finishing")
  later(finish, socket)
end

--- The peer has ended. Returns false if the socket is not lazy.
function fast.ended(socket)
  if stage_of(socket) ~= "flowing" or rawget(socket, "allowHalfOpen") then return false end
  socket._handle:setStage("ended")
  later(emit_end, socket)
  return true
end

--- FIN is out, and somebody listens for what comes now. Returns false if the socket is not lazy.
function fast.shut(socket)
  if stage_of(socket) ~= "shutting" then return false end
  make_own_state(socket)
  local callback = socket._shutting
  socket._shutting = nil
  callback()
  return true
end

return fast
