--- What a parent and its child have in common: `send` and `disconnect`, with a channel or without, and whether there is
-- one.
--
-- Floor 3.

local errors = require("uvnet.errors")
local ticks = require("uvnet.runtime.ticks")

local messaging = {}

local function emit_error(target, err) target:emit("error", err) end

--- The getter `connected`.
function messaging.connected(target)
  local channel = rawget(target, "_channel")
  return channel ~= nil and channel.connected
end

--- The getter `channel`: what is open.
function messaging.channel(target)
  local channel = rawget(target, "_channel")
  return channel and channel:isOpen() and channel or nil
end

--- Sends, or says that there is no channel any more.
-- @tparam table target has `_channel`
-- @tparam integer count how many arguments there were
function messaging.send(target, count, message, handle, options, callback)
  local channel = rawget(target, "_channel")
  if channel and channel.connected and channel:isOpen() then
    return channel:send(count, message, handle, options, callback)
  end
  local err = errors.coded("ERR_IPC_CHANNEL_CLOSED")
  for _, one in ipairs({ callback or false, options or false, handle or false }) do
    if type(one) == "function" then
      ticks.nextTick(one, err)
      return false
    end
  end
  -- Nobody hears of it who knows the socket.
  local is_kept = type(options) == "table" and options.keepOpen
  if type(handle) == "table" and type(handle.destroy) == "function" and not is_kept then handle:destroy() end
  ticks.later(emit_error, target, err)
  return false
end

function messaging.disconnect(target)
  local channel = rawget(target, "_channel")
  if channel then
    channel:disconnect()
  else
    target:emit("error", errors.coded("ERR_IPC_DISCONNECTED"))
  end
end

return messaging
