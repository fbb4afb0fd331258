--- An AbortSignal ends a stream.
--
-- Floor 3.

local abort = require("uvnet.base.abort")
local errors = require("uvnet.errors")
local finished = require("uvnet.stream.finished")
local kind = require("uvnet.stream.kind")

local signals = {}

--- Destroys a stream with an AbortError when a signal is aborted.
-- @param signal an AbortSignal
-- @param stream
-- @return the stream
-- @raise ERR_INVALID_ARG_TYPE
function signals.addAbortSignal(signal, stream)
  if signal == nil then errors.throw("ERR_INVALID_ARG_TYPE", "signal", "AbortSignal", signal) end
  errors._checkModule(signal, signals.addAbortSignal, "net.stream.addAbortSignal(signal, stream)")
  abort.check(signal, "signal")
  if not kind.is_stream(stream) then
    errors.throw("ERR_INVALID_ARG_TYPE", "stream", { "ReadableStream", "WritableStream", "Stream" }, stream)
  end
  local function on_abort() kind.destroy(stream, abort.error(signal)) end
  if signal.aborted then
    on_abort()
  else
    finished(stream, abort.watch(signal, on_abort))
  end
  return stream
end

return signals
