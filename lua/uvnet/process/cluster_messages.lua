--- What the primary and its workers say to each other: Node's messages, with a number that an answer names.
--
-- Floor 3.

local messages = {}

local seq, callbacks = 0, {}

--- Sends a message over a target's channel.
-- @tparam table target a ChildProcess, or the process
-- @tparam table message changed: it gets its number
-- @tparam[opt] userdata handle
-- @tparam[opt] function callback gets the answer, and the handle that came with it
-- @tparam[opt] function lost called if the handle has not come to the other side, and so not the message
-- @treturn ?integer the number, nil where there is no channel
function messages.send(target, message, handle, callback, lost)
  local channel = rawget(target, "_channel")
  if not channel or not channel:isOpen() then return nil end
  message.cmd, message.seq = "NODE_CLUSTER", seq
  if callback then callbacks[seq] = callback end
  seq = seq + 1
  channel:sendInternal(message, handle, false, lost)
  return message.seq
end

--- Nobody will answer this one any more.
function messages.forget(number) callbacks[number] = nil end

--- A listener for `internalMessage`: answers go to who waits for them, the rest to a function.
function messages.listener(on_message)
  return function(message, handle)
    if message.cmd ~= "NODE_CLUSTER" then return end
    local ack = message.ack
    local callback = ack ~= nil and callbacks[ack]
    if callback then
      callbacks[ack] = nil
      callback(message, handle)
    else
      on_message(message, handle)
    end
  end
end

return messages
