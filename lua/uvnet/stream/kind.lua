--- What a stream is, and how far it has come: for `finished` and `pipeline`, which take any.
--
-- Answers are true, false, or nil where the question does not apply. Besides this module's streams there may be objects
-- of a user's own that merely have the methods.
--
-- Floor 3.

local state = require("uvnet.stream.state")
local ticks = require("uvnet.runtime.ticks")

local peek_readable, peek_writable = state.peek_readable, state.peek_writable

local kind = {}

local function has(object, method) return type(object[method]) == "function" end

--- Can it be piped from?
-- @param object
-- @tparam[opt] boolean strict does it have `pause` and `resume` too?
function kind.is_readable_stream(object, strict)
  if type(object) ~= "table" or not has(object, "pipe") or not has(object, "on") then return false end
  if strict and not (has(object, "pause") and has(object, "resume")) then return false end
  if not object._isWritable then return true end
  return object._isReadable == true and peek_readable(object).readable ~= false
end

--- Can it be written to?
function kind.is_writable_stream(object)
  if type(object) ~= "table" or not has(object, "write") or not has(object, "on") then return false end
  return not object._isReadable or (object._isWritable == true and peek_writable(object).writable ~= false)
end

function kind.is_stream(object)
  if type(object) ~= "table" then return false end
  if object._isReadable or object._isWritable then return true end
  return has(object, "on") and (has(object, "write") or has(object, "pipe"))
end

--- Does its class have a readable side?
function kind.can_be_read(stream) return stream._isReadable or (not stream._isWritable and has(stream, "pipe")) end

--- Does its class have a writable side?
function kind.can_be_written(stream) return has(stream, "write") end

--- Destroys a stream, or what merely is like one.
-- @param stream
-- @tparam[opt] Error err
function kind.destroy(stream, err)
  if has(stream, "destroy") then
    stream:destroy(err)
  elseif has(stream, "close") then
    stream:close()
  else
    ticks.later(function()
      if err then stream:emit("error", err) end
      stream:emit("close")
    end)
  end
end

function kind.is_destroyed(stream)
  if not kind.is_stream(stream) then return nil end
  if stream.destroyed then return true end
  local side = stream._isWritable and peek_writable(stream) or peek_readable(stream)
  return side.destroyed or false
end

--- Was its `finish` called?
function kind.is_writable_ended(stream)
  if not kind.is_writable_stream(stream) then return nil end
  if stream.writableEnded == true then return true end
  if not stream._isWritable then return nil end
  local ws = peek_writable(stream)
  return not ws.errored and ws.ended or false
end

--- Has it finished, or is it about to, with nothing left to write?
function kind.is_writable_finished(stream)
  if not kind.is_writable_stream(stream) then return nil end
  if stream.writableFinished == true then return true end
  if not stream._isWritable then return nil end
  local ws = peek_writable(stream)
  return not ws.errored and (ws.finished or (ws.ended and (ws.length or 0) == 0)) or false
end

--- Has it ended?
-- @param stream
-- @tparam[opt] boolean nearly or is it about to, with nothing left to read?
function kind.is_readable_finished(stream, nearly)
  if not kind.is_readable_stream(stream) then return nil end
  if not stream._isReadable then return nil end
  local rs = peek_readable(stream)
  return not rs.errored and (rs.endEmitted or (nearly and rs.ended and (rs.length or 0) == 0)) or false
end

--- Is there, or may there come, something to read?
function kind.is_readable(stream)
  if type(stream) ~= "table" or type(stream.readable) ~= "boolean" then return nil end
  if kind.is_destroyed(stream) then return false end
  return kind.is_readable_stream(stream) and stream.readable and not kind.is_readable_finished(stream)
end

--- May something be written to it?
function kind.is_writable(stream)
  if type(stream) ~= "table" or type(stream.writable) ~= "boolean" then return nil end
  if kind.is_destroyed(stream) then return false end
  return kind.is_writable_stream(stream) and stream.writable and not kind.is_writable_ended(stream)
end

--- Is it over, on both sides?
function kind.is_finished(stream)
  if not kind.is_stream(stream) then return nil end
  return kind.is_destroyed(stream) or not (kind.is_readable(stream) or kind.is_writable(stream))
end

--- The error that it ended with.
function kind.error_of(stream)
  return peek_writable(stream).errored or peek_readable(stream).errored
end

--- Has it failed?
function kind.is_errored(stream)
  return type(stream) == "table" and (peek_writable(stream).errored or peek_readable(stream).errored) ~= nil
end

--- Has something been read from it, or was it ended for reading before its time?
function kind.is_disturbed(stream)
  return type(stream) == "table" and (stream.readableDidRead or stream.readableAborted) or false
end

function kind.is_closed(stream)
  if type(stream.closed) == "boolean" then return stream.closed end
  return peek_writable(stream).closed or peek_readable(stream).closed or false
end

--- Is `close` still to come, by itself?
function kind.will_emit_close(stream)
  if not stream._isReadable and not stream._isWritable then return false end
  local side = stream._isWritable and peek_writable(stream) or peek_readable(stream)
  return not side.noAutoDestroy and not side.noEmitClose and not side.closed
end

return kind
