--- `finished`: calls back when a stream is over, however it came to it.
--
-- Floor 3.

local abort = require("uvnet.base.abort")
local errors = require("uvnet.errors")
local kind = require("uvnet.stream.kind")
local state = require("uvnet.stream.state")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")

local later = ticks.later

local OPTIONS = strict.names("readable writable error signal")

local function ignore() end

-- What there is to say when the stream closes: its error, or that it was too early.
local function verdict_of_close(stream, watch)
  local err = kind.error_of(stream)
  if err then return err end
  local cut_reading = watch.readable
    and not watch.readable_over
    and kind.is_readable_stream(stream, true)
    and not kind.is_readable_finished(stream, true)
  local cut_writing = watch.writable and not watch.writable_over and not kind.is_writable_finished(stream)
  if cut_reading or cut_writing then return errors.coded("ERR_STREAM_PREMATURE_CLOSE") end
end

-- Is the stream over already, and with which error? The second is nil for none.
local function verdict_now(stream, watch)
  local ws, rs = state.peek_writable(stream), state.peek_readable(stream)
  if kind.is_closed(stream) then return true, verdict_of_close(stream, watch) end
  if ws.errorEmitted or rs.errorEmitted then return not watch.will_close, kind.error_of(stream) end
  if
    not watch.readable
    and (not watch.will_close or kind.is_readable(stream))
    and (watch.writable_over or kind.is_writable(stream) == false)
    and (ws.pendingcb or 0) == 0
  then
    return true, kind.error_of(stream)
  end
  if
    not watch.writable
    and (not watch.will_close or kind.is_writable(stream))
    and (watch.readable_over or kind.is_readable(stream) == false)
  then
    return true, kind.error_of(stream)
  end
  return false
end

-- A callback that is called once, without arguments or with an error.
local function once(callback)
  local done = false
  return function(err)
    if done then return end
    done = true
    if err == nil then
      callback()
    else
      callback(err)
    end
  end, function() done = true end
end

local function check(stream, options, callback, finished)
  if type(options) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options) end
  if type(callback) ~= "function" then
    errors._checkModule(stream, finished, "net.stream.finished(stream, callback)")
    errors.throw("ERR_INVALID_ARG_TYPE", "callback", "function", callback)
  end
  strict.check(options, OPTIONS)
  abort.check(options.signal, "options.signal")
  if not kind.is_stream(stream) then
    errors._checkModule(stream, finished, "net.stream.finished(stream, callback)")
    errors.throw("ERR_INVALID_ARG_TYPE", "stream", { "ReadableStream", "WritableStream", "Stream" }, stream)
  end
end

--- Calls back once, when the stream has ended, finished, failed, or was closed before its time
-- (ERR_STREAM_PREMATURE_CLOSE).
-- @param stream
-- @tparam[opt] table options `readable = false`, `writable = false`: do not wait for that side; `error = false`: do not
--   listen for `error`; `signal`: an AbortSignal, whose end is told as an AbortError and leaves the stream alone
-- @tparam function callback called with an error, or with nothing
-- @treturn function takes all listeners away again: then the callback is not called any more
-- @raise ERR_INVALID_ARG_TYPE
local function finished(stream, options, callback)
  if callback == nil then
    options, callback = nil, options
  end
  options = options == nil and {} or options
  check(stream, options, callback, finished)
  local signal = options.signal

  local is_readable, is_writable = kind.is_readable_stream(stream), kind.is_writable_stream(stream)
  local watch = {
    readable = is_readable,
    writable = is_writable,
    readable_over = kind.is_readable_finished(stream, true),
    writable_over = kind.is_writable_finished(stream),
  }
  if options.readable ~= nil then watch.readable = options.readable end
  if options.writable ~= nil then watch.writable = options.writable end
  -- Then it is `close` that counts.
  watch.will_close = kind.will_emit_close(stream) and is_readable == watch.readable and is_writable == watch.writable

  local call_back, forget = once(callback)
  local over, verdict = verdict_now(stream, watch)
  if over then
    if options.error ~= false then stream:on("error", ignore) end
  elseif signal and signal.aborted then
    over, verdict = true, abort.error(signal)
  end
  if over then
    later(call_back, verdict)
    return function()
      forget()
      stream:removeListener("error", ignore)
    end
  end

  local stop_watching
  local function tell(err)
    if stop_watching then stop_watching() end
    call_back(err)
  end

  local function on_finish()
    watch.writable_over = true
    if stream.destroyed then watch.will_close = false end
    if watch.will_close and (not stream.readable or watch.readable) then return end
    if not watch.readable or watch.readable_over then tell() end
  end

  local function on_end()
    watch.readable_over = true
    if stream.destroyed then watch.will_close = false end
    if watch.will_close and (not stream.writable or watch.writable) then return end
    if not watch.writable or watch.writable_over then tell() end
  end

  local function on_close() tell(verdict_of_close(stream, watch)) end

  local function on_legacy_finish()
    if not stream.writable then on_finish() end
  end

  local is_legacy = watch.writable and not stream._isWritable
  if is_legacy then
    stream:on("end", on_legacy_finish)
    stream:on("close", on_legacy_finish)
  end
  stream:on("end", on_end)
  stream:on("finish", on_finish)
  if options.error ~= false then stream:on("error", tell) end
  stream:on("close", on_close)

  local function cleanup()
    forget()
    if stop_watching then stop_watching() end
    if is_legacy then
      stream:removeListener("end", on_legacy_finish)
      stream:removeListener("close", on_legacy_finish)
    end
    stream:removeListener("finish", on_finish)
    stream:removeListener("end", on_end)
    stream:removeListener("error", tell)
    stream:removeListener("close", on_close)
  end

  if signal then
    stop_watching = abort.watch(signal, function()
      cleanup()
      callback(abort.error(signal))
    end)
  end
  return cleanup
end

return finished
