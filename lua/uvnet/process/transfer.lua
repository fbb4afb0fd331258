--- What can be sent over a channel besides a message, by Node's names: how it is given away, and what it becomes.
--
-- Floor 10.

local Server = require("uvnet.net.server")
local Socket = require("uvnet.net.socket")
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

--- Why a socket cannot be given away without loss: an Error, or nil.
local function loss(socket)
  if rawget(socket, "connecting") then return refuse("A socket that is still connecting cannot be sent") end
  if socket.readableLength > 0 then
    local text = "A socket that has read %d bytes which nobody has taken cannot be sent"
    return refuse(text:format(socket.readableLength))
  end
  if socket._handle:pending() > 0 or socket.writableLength > 0 then
    return refuse("A socket that still has data to write cannot be sent")
  end
end

--- The handle that goes with the message; nil: there is none any more, so that the message goes alone; false and an
-- Error: it would lose something.
-- @treturn userdata the handle
function transfer.handle_of(kind, value)
  if kind == "net.Native" then return value end
  local handle = rawget(value, "_handle")
  if not handle then return nil end
  if type(handle) ~= "userdata" then return false, errors.coded("ERR_INVALID_HANDLE_TYPE") end
  if kind == "net.Socket" then
    local err = loss(value)
    if err then return false, err end
  end
  return handle
end

local makers = {
  ["net.Native"] = function(handle, give) give(handle) end,
  ["net.Socket"] = function(handle, give) give(Socket({ handle = handle, readable = true, writable = true })) end,
  ["net.Server"] = function(handle, give)
    local server = Server()
    server:listen(handle, function() give(server) end)
  end,
}

--- Has what arrived made, and given to a function.
-- @treturn boolean false for a type that we do not know
function transfer.receive(kind, handle, give)
  local make = makers[kind]
  if not make then
    handle:close()
    return false
  end
  make(handle, give)
  return true
end

--- A new end of a channel.
function transfer.new_channel() return core.channel() end

return transfer
