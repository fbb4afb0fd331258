--- What ends a socket from outside: a signal, the time that connecting may take, a list of blocked addresses.
--
-- Private fields of the socket: `_signal`, `_unwatch`: whom it obeys, and how that ends; `_connectTimer`.
--
-- Floor 7.

local abort = require("uvnet.base.abort")
local errors = require("uvnet.errors")
local timers = require("uvnet.timers")

local limits = {}

-- A net.BlockList, known by its rules: its class is loaded by those who have one.
local function is_block_list(value)
  return type(value) == "table" and type(rawget(value, "_rules")) == "userdata" and type(value.check) == "function"
end

--- Checks the options of this file, of a socket or a server.
-- @raise ERR_INVALID_ARG_TYPE
function limits.check(options)
  abort.check(options.signal, "options.signal")
  local list = options.blockList
  if list and not is_block_list(list) then
    errors.throw("ERR_INVALID_ARG_TYPE", "options.blockList", "net.BlockList", list)
  end
end

--- Has a signal destroy the socket, until that is destroyed anyhow.
function limits.obey(socket, signal)
  if signal == nil or rawget(socket, "_signal") == signal then return end
  if signal.aborted then
    socket:destroy(abort.error(signal))
    return
  end
  local before = rawget(socket, "_unwatch")
  local stop = abort.watch(signal, function() socket:destroy(abort.error(signal)) end)
  socket._signal = signal
  socket._unwatch = before and function()
    before()
    stop()
  end or stop
end

--- The socket is being destroyed: it obeys nobody any more.
function limits.release(socket)
  local unwatch = socket._unwatch
  socket._unwatch, socket._signal = nil, nil
  unwatch()
end

local function connect_timed_out(socket)
  socket._connectTimer = nil
  if rawget(socket, "connecting") then socket:destroy(errors.coded("ERR_SOCKET_CONNECTION_TIMEOUT")) end
end

--- Connecting is over.
function limits.stop_connect_timer(socket)
  local timer = rawget(socket, "_connectTimer")
  if not timer then return end
  timers.clearTimeout(timer)
  socket._connectTimer = nil
end

--- Connecting begins: it may take so many ms; nil or 0 for as many as it likes.
function limits.start_connect_timer(socket, ms)
  limits.stop_connect_timer(socket)
  if not ms or ms == 0 then return end
  socket._connectTimer = timers.setTimeout(connect_timed_out, ms, socket)
  if rawget(socket, "_unrefed") then socket._connectTimer:unref() end
end

return limits
