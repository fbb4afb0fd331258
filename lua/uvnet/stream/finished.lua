--- `finished`: calls back when a stream is over, however it came to it.
--
-- Floor 3.

local errors = require("uvnet.errors")
local kind = require("uvnet.stream.kind")
local state = require("uvnet.stream.state")
local ticks = require("uvnet.runtime.ticks")

local later = ticks.later

-- The function that is called when the stream is over already; nil if it is not.
local function how_it_is_over(stream, watch, on_close, on_closed)
  local ws, rs = state.peek_writable(stream), state.peek_readable(stream)
  if kind.is_closed(stream) then return on_close end
  if ws.errorEmitted or rs.errorEmitted then return not watch.will_close and on_closed or nil end
  if
    not watch.readable
    and (not watch.will_close or kind.is_readable(stream))
    and (watch.writable_over or kind.is_writable(stream) == false)
    and (ws.pendingcb or 0) == 0
  then
    return on_closed
  end
  if
    not watch.writable
    and (not watch.will_close or kind.is_writable(stream))
    and (watch.readable_over or kind.is_readable(stream) == false)
  then
    return on_closed
  end
end

--- Calls back once, when the stream has ended, finished, failed, or was closed before its time
-- (ERR_STREAM_PREMATURE_CLOSE).
-- @param stream
-- @tparam[opt] table options `readable = false`, `writable = false`: do not wait for that side; `error = false`: do not
--   listen for `error`
-- @tparam function callback called with an error or nil
-- @treturn function takes all listeners away again: then the callback is not called any more
-- @raise ERR_INVALID_ARG_TYPE
local function finished(stream, options, callback)
  if callback == nil then
    options, callback = nil, options
  end
  options = options == nil and {} or options
  if type(options) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options) end
  if type(callback) ~= "function" then
    errors._checkModule(stream, finished, "net.stream.finished(stream, callback)")
    errors.throw("ERR_INVALID_ARG_TYPE", "callback", "function", callback)
  end
  if not kind.is_stream(stream) then
    errors._checkModule(stream, finished, "net.stream.finished(stream, callback)")
    errors.throw("ERR_INVALID_ARG_TYPE", "stream", { "ReadableStream", "WritableStream", "Stream" }, stream)
  end

  local done = false
  local function call_back(err)
    if done then return end
    done = true
    callback(err)
  end

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

  local function on_finish()
    watch.writable_over = true
    if stream.destroyed then watch.will_close = false end
    if watch.will_close and (not stream.readable or watch.readable) then return end
    if not watch.readable or watch.readable_over then call_back() end
  end

  local function on_end()
    watch.readable_over = true
    if stream.destroyed then watch.will_close = false end
    if watch.will_close and (not stream.writable or watch.writable) then return end
    if not watch.writable or watch.writable_over then call_back() end
  end

  local function on_error(err) call_back(err) end

  local function on_closed() call_back(kind.error_of(stream)) end

  local function on_close()
    local err = kind.error_of(stream)
    if not err then
      local cut_reading = watch.readable
        and not watch.readable_over
        and kind.is_readable_stream(stream, true)
        and not kind.is_readable_finished(stream, true)
      local cut_writing = watch.writable and not watch.writable_over and not kind.is_writable_finished(stream)
      if cut_reading or cut_writing then err = errors.coded("ERR_STREAM_PREMATURE_CLOSE") end
    end
    call_back(err)
  end

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
  if options.error ~= false then stream:on("error", on_error) end
  stream:on("close", on_close)

  local over = how_it_is_over(stream, watch, on_close, on_closed)
  if over then later(over) end

  return function()
    done = true
    if is_legacy then
      stream:removeListener("end", on_legacy_finish)
      stream:removeListener("close", on_legacy_finish)
    end
    stream:removeListener("finish", on_finish)
    stream:removeListener("end", on_end)
    stream:removeListener("error", on_error)
    stream:removeListener("close", on_close)
  end
end

return finished
