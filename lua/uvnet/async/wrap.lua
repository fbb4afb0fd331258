--- Tasks as listeners: `wrap`. Whose fault was it, the peer's or the program's?
--
-- Floor 12.

local emitters = require("uvnet.async.emitters")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local task = require("uvnet.runtime.task")
local ticks = require("uvnet.runtime.ticks")
local timers = require("uvnet.timers")
local waiters = require("uvnet.stream.waiters")

local LINGER = 30000 -- ms that a peer has to end its side after ours

-- What a peer or the network can cause, by code. What the system says of a connection has a `syscall` besides.
local CAUSED = {
  ERR_STREAM_PREMATURE_CLOSE = true, ERR_FRAME_TOO_LONG = true, ERR_TIMEOUT = true, ERR_STREAM_DESTROYED = true,
  ERR_SOCKET_CLOSED = true, EPIPE = true, ECONNRESET = true, ETIMEDOUT = true, ECONNABORTED = true,
}

-- Can it be blamed on this connection's peer, or on the network in between?
local function is_peers(err, stream)
  if not stream or not errors:isInstance(err) then return false end
  local origin = waiters.origin[err]
  if origin ~= nil and origin ~= stream then return false end
  if CAUSED[err.code] then return true end
  return err.syscall ~= nil and err.errno ~= nil and (origin == stream or err == stream.errored)
end

local function destroy(stream) stream:destroy() end

-- Finishes what the handler has left open. The rest of what the peer sends is dropped, lest its end be never seen.
local function finish(stream)
  if stream.destroyed then return end
  rawset(stream, "_pulled", nil)
  waiters.close_task_path(stream)
  if stream._isWritable and stream.writable then stream:finish() end
  if not stream._isReadable then return end
  local rs = stream._rs
  if rs.endEmitted or rs.destroyed then return end
  if not rs.flowing and not rs.readableListening then stream:resume() end
  if not rs.ended then
    local timer = timers.setTimeout(destroy, LINGER, stream):unref()
    stream:once("close", function() timer:close() end)
  end
end

local function fail(me, stream)
  if me._captor then
    if not stream then return task.call_captor(me) end
    -- Who captures the error may destroy the stream with it: then that is an `error` like any other.
    ticks.later(destroy, stream)
    stream:removeListener("error", emitters.ignore_error)
    task.call_captor(me)
    return
  end
  if stream then destroy(stream) end
  task.report(me)
end

function task.over(me)
  local stream, err = me._stream, me._error
  me._stream = nil
  if me.state == "done" then
    if stream then finish(stream) end
    return
  end
  local is_harmless = me.state == "cancelled" or is_peers(err, stream)
  if is_harmless then
    me._captor = nil
    if stream then stream:destroy() end
    return
  end
  if type(err) == "table" and errors:isInstance(err) and err.emitter == nil then err.emitter = stream or nil end
  if ticks.capturing then
    -- Whoever has called the listener may be about to capture this.
    ticks.later(fail, me, stream)
  else
    fail(me, stream)
  end
end

--- Makes a listener of a function that waits: each call runs it as a task.
--
-- If its first argument is a stream, a server's new connection say, the task has charge of it: it is finished when the
-- function returns. What the peer or the network can cause on it and the function does not catch (reset, cut off, timed
-- out, a frame that is too long) ends the function and closes the stream, and nobody else hears of it. Anything else
-- that it raises destroys the stream and comes out of `net.run`.
-- @tparam function fn
-- @treturn function gives back the task
-- @raise ERR_INVALID_ARG_TYPE
return function(fn)
  if not is_callable(fn) then errors.throw("ERR_INVALID_ARG_TYPE", "fn", "function", fn) end
  local body = type(fn) == "function" and fn or function(...) return fn(...) end
  return function(...)
    local stream = ...
    if type(stream) == "table" and (stream._isReadable or stream._isWritable) then
      emitters.adopt(stream)
    else
      stream = false
    end
    return task.start(task.new(body, stream), nil, ...)
  end
end
