--- What can be sent over a channel besides a message, by Node's names: how it is given away, and what it becomes.
--
-- Floor 10.

local Server = require("uvnet.net.server")
local Socket = require("uvnet.net.socket")
local buffer = require("uvnet.stream.buffer")
local core = require("uvnet.core")
local errors = require("uvnet.errors")

local transfer = {}

-- Another module's userdata has no such method, or one that refuses us.
local function type_of(handle) return handle:type() end

--- Node's name of the type of what is sent.
-- @raise ERR_INVALID_HANDLE_TYPE
function transfer.type_of(value)
  if type(value) == "table" then
    if Socket:isInstance(value) then return "net.Socket" end
    if Server:isInstance(value) then return "net.Server" end
  elseif type(value) == "userdata" then
    local ok, kind = pcall(type_of, value)
    if ok and (kind == "tcp" or kind == "pipe" or kind == nil) then return "net.Native" end
  end
  return errors.throw("ERR_INVALID_HANDLE_TYPE")
end

local function refuse(reason) return errors(reason, { code = "ERR_INVALID_STATE" }) end

-- What was read and nobody has taken goes along where the other side can put it back: two Luas have a field for it.
-- Text in an encoding is no longer what came.
local function unread(socket, carries)
  local length = socket.readableLength
  if length == 0 then return nil end
  local rs = socket._rs
  if carries and not rs.encoding and not rs.objectMode then return nil end
  return refuse(("A socket that has read %d bytes which nobody has taken cannot be sent"):format(length))
end

--- Is a socket busy, so that it can be sent only later: does it still connect, or has it something to write?
-- @tparam net.Socket socket
-- @tparam boolean stays is it kept open here, where the rest can still be written?
function transfer.isBusy(socket, stays)
  local handle = rawget(socket, "_handle")
  if not handle or type(handle) ~= "userdata" then return false end
  if rawget(socket, "connecting") then return true end
  return not stays and (handle:pending() > 0 or socket.writableLength > 0)
end

--- Calls back once it is busy no longer, or is closed.
-- @tparam net.Socket socket
-- @tparam function done
function transfer.whenIdle(socket, done)
  local over = false
  local function once()
    if over then return end
    over = true
    socket:removeListener("close", once)
    socket:removeListener("finish", once)
    done()
  end
  socket:on("close", once)
  if socket.writableEnded then
    socket:on("finish", once)
  else
    socket:write("", once)
  end
end

--- Takes what a socket has read and nobody has taken.
-- @treturn ?string
function transfer.takeUnread(socket)
  if socket.readableLength == 0 then return nil end
  local rs = socket._rs
  rs.length = 0
  return buffer.take_all(rs)
end

--- The handle that goes with the message; nil: there is none any more, so that the message goes alone; false and an
-- Error: it would lose something.
-- @tparam string kind
-- @param value
-- @tparam boolean stays is it kept open here?
-- @tparam boolean carries can what was read and nobody has taken be sent, too?
-- @treturn userdata the handle
function transfer.handle_of(kind, value, stays, carries)
  if kind == "net.Native" then return value end
  local handle = rawget(value, "_handle")
  if not handle then return nil end
  if type(handle) ~= "userdata" then return false, errors.coded("ERR_INVALID_HANDLE_TYPE") end
  if kind == "net.Socket" and not stays then
    local err = unread(value, carries)
    if err then return false, err end
  end
  return handle
end

local makers = {
  ["net.Native"] = function(handle, give) give(handle) end,
  ["net.Socket"] = function(handle, give, early)
    local socket = Socket({ handle = handle, readable = true, writable = true })
    if early then socket:unshift(early) end
    give(socket)
  end,
  ["net.Server"] = function(handle, give)
    local server = Server()
    server:listen(handle, function() give(server) end)
  end,
}

--- Has what arrived made, and given to a function.
-- @tparam string kind
-- @tparam userdata handle
-- @tparam function give
-- @tparam[opt] string early what the sender had read of it
-- @treturn boolean false for a type that we do not know
function transfer.receive(kind, handle, give, early)
  local make = makers[kind]
  if not make then
    handle:close()
    return false
  end
  make(handle, give, early)
  return true
end

--- A new end of a channel.
function transfer.new_channel() return core.channel() end

return transfer
