--- When the core may take a shortcut past the streams, and when it may not.
--
-- A shortcut is open while nothing in between could be observed. Opening is lazy: a lane is looked at after a chunk has
-- gone the long way. Closing is prompt: whatever could be observed closes it before it happens. The lanes are
--
-- * read: flowing, nothing held, nobody listens for `readable`, no decoder but that of UTF-8, with no half character:
--   a chunk goes to the one `data` listener, of text one that is whole characters;
-- * write: connected, nothing queued, not corked, not ended: `write(data)` asks the system at once;
-- * pipe: the read lane into the write lane of one other socket, and nobody else listens for `data`.
--
-- With UVNET_NO_FAST_LANES in the environment everything goes the long way, which is how it is shown that the lanes
-- change nothing.
--
-- Floor 4.

local EventEmitter = require("uvnet.events")
local class = require("uvnet.base.class")

local getmetatable, rawget, rawset = getmetatable, rawget, rawset

local lanes = {
  enabled = not (os and os.getenv and os.getenv("UVNET_NO_FAST_LANES")),
  --- The methods of net.Socket as they are made: one that has been overridden has to be called.
  standard = {},
  --- Are those of net.Socket, whose instances a server accepts, still so?
  Socket_is_standard = true,
}

-- The methods that a lane passes by. Who has put something else in the place of one is to see it called. (`write` is
-- where the write lane begins: there it is looked for.)
local PASSED = {
  "emit", "push", "read", "_read", "resume", "_write", "_writev", "_final", "finish", "destroy", "_destroy",
  "listenerCount",
}

local is_passed = {}
for _, name in ipairs(PASSED) do
  is_passed[name] = true
end

local checked = setmetatable({}, { __mode = "k" }) -- metatable of a class's instances -> are the methods standard?

local function check(metatable, socket)
  local result = true
  for i = 1, #PASSED do
    if socket[PASSED[i]] ~= lanes.standard[PASSED[i]] then result = false end
  end
  checked[metatable] = result
  return result
end

--- Are the methods that the lanes pass by as they were made?
function lanes.is_standard(socket)
  if rawget(socket, "_altered") then return false end
  local metatable = getmetatable(socket)
  local known = checked[metatable]
  if known == nil then return check(metatable, socket) end
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

--- Looks whether the write lane can be open.
function lanes.update_write(socket)
  local handle = socket._handle
  if not handle or not lanes.enabled or rawget(socket, "connecting") then return end
  local ws = rawget(socket, "_ws")
  handle:directWrite((not ws or idle_writer(ws)) and lanes.is_standard(socket))
end

--- Closes the write lane.
function lanes.close_write(socket)
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
  if target.write ~= lanes.standard.write then return nil end
  return rawget(target, "_handle")
end

--- Looks whether the read lane and the pipe lane can be open, after a chunk has gone the long way.
function lanes.update_read(socket)
  local handle = socket._handle
  if not handle or not lanes.enabled then return end
  local rs = rawget(socket, "_rs")
  local open = rs and flows(socket, rs) and lanes.is_standard(socket) or false
  local decoder = open and rs.decoder
  if decoder then open = is_transparent(decoder, rs.encoding) end
  handle:directRead(open, decoder)
  handle:pipeTo(open and not decoder and pipe_target(socket, rs) or nil)
end

--- Has data come by the read lane, past the streams?
function lanes.has_read(handle) return handle:isDirectRead() and (handle:bytes()) > 0 end

--- Before the read lane closes: what has come through it is said to the streams, which have not seen it.
function lanes.tell_data(socket, handle)
  local rs = rawget(socket, "_rs")
  if rs and lanes.has_read(handle) then rs.dataEmitted = true end
end

--- Closes the read lane and the pipe lane.
function lanes.close_read(socket)
  local handle = socket._handle
  if handle then
    local _ = socket._rs -- what the open lane says of the socket has to be said by its state (lazy_state.lua)
    lanes.tell_data(socket, handle)
    handle:directRead(false)
    handle:pipeTo(nil)
  end
end

local function close(socket)
  lanes.close_write(socket)
  lanes.close_read(socket)
end

-- Hears of a method that is put into a socket.
local function alter(name)
  return function(socket, value)
    rawset(socket, "_altered", true)
    close(socket)
    rawset(socket, name, value)
  end
end

-- The open sockets of one class.
local function each_open(open_objects, its_class, action)
  for _, object in ipairs(open_objects()) do
    if class.of(object) == its_class then action(object) end
  end
end

--- Closes the lanes of whoever gets another method, by himself or by his class.
-- @tparam table Socket
-- @tparam function open_objects gives a list of all that is open
function lanes.watch(Socket, open_objects)
  local altered = {} -- methods of net.Socket itself
  local function method_changes(changed, name, value)
    checked[changed.__instance] = nil
    if changed == Socket then
      altered[name] = value ~= lanes.standard[name] or nil
      lanes.Socket_is_standard = next(altered) == nil
    end
    each_open(open_objects, changed, close)
  end
  for name in pairs(is_passed) do
    lanes.standard[name] = Socket[name]
    Socket.__setters[name] = alter(name)
    class.watch(Socket, name, function(changed, value) method_changes(changed, name, value) end)
  end
  -- An open socket has the `write` of its class as a field of its own.
  lanes.standard.write = Socket.write
  class.watch(Socket, "write", function(changed, write, old)
    each_open(open_objects, changed, function(object)
      if rawget(object, "write") == old then rawset(object, "write", write) end
    end)
  end)
end

return lanes
