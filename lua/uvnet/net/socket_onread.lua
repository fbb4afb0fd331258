--- The option `onread`: what is read goes to one function, past the stream.
--
-- Such a socket has `pause`, `resume` and `_onread` of its own. Its lanes stay closed: they lead to `data` listeners.
--
-- Floor 8.

local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local reading = require("uvnet.net.socket_reading")

local onread = {}

local function stop(socket)
  local handle = socket._handle
  if handle and not rawget(socket, "connecting") then handle:readStop() end
end

local function class_of(socket) return getmetatable(socket).class end

local function pause(socket)
  stop(socket)
  return class_of(socket).pause(socket)
end

local function resume(socket)
  if not rawget(socket, "connecting") then reading.start(socket) end
  return class_of(socket).resume(socket)
end

--- Has what a socket reads go to a function.
-- @tparam Socket socket
-- @tparam function|table option the function, or a table with it as `callback`
-- @raise ERR_INVALID_ARG_TYPE
function onread.install(socket, option)
  local callback = option
  if type(option) == "table" and not is_callable(option) then callback = option.callback end
  if not is_callable(callback) then
    errors.throw("ERR_INVALID_ARG_TYPE", "options.onread", { "function", "Object" }, option)
  end
  rawset(socket, "_altered", true)
  rawset(socket, "pause", pause)
  rawset(socket, "resume", resume)
  rawset(socket, "_onread", function(self, chunk, code, errno)
    if not chunk then return class_of(self)._onread(self, nil, code, errno) end
    if callback(chunk) == false then stop(self) end
  end)
end

return onread
