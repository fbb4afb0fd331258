--- `pipeline`: pipes streams into each other and sees to it that they end together.
--
-- Floor 3.

local abort = require("uvnet.base.abort")
local errors = require("uvnet.errors")
local finished = require("uvnet.stream.finished")
local kind = require("uvnet.stream.kind")
local state = require("uvnet.stream.state")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")

local unpack = table.unpack or unpack -- luacheck: ignore 143
local later = ticks.later

local PREMATURE_CLOSE = "ERR_STREAM_PREMATURE_CLOSE"

-- Loaded for those who give what is no stream.
local MAKE = "uvnet.stream.make"

-- What is left of a stream when the pipeline has ended: a function that destroys it, unless it is over; and one that
-- takes the listeners away.
local function destroyer(stream, reading, writing)
  local over = false
  stream:on("close", function() over = true end)
  local cleanup = finished(stream, { readable = reading, writable = writing }, function(err) over = not err end)
  local function destroy(err)
    if over then return end
    over = true
    if kind.is_destroyed(stream) then return end
    kind.destroy(stream, err or errors.coded("ERR_STREAM_DESTROYED", "pipe"))
  end
  return destroy, cleanup
end

-- Joins two streams. `step` is called twice: when the source is over and when the destination is; `fail` with what
-- goes wrong beside that.
local function join(source, dest, step, fail, ends)
  local ended = false
  dest:on("close", function()
    if not ended then fail(errors.coded(PREMATURE_CLOSE)) end
  end)
  source:pipe(dest, { ["end"] = false })

  local function end_dest()
    ended = true
    dest:finish()
  end
  if not ends then
    step()
  elseif kind.is_readable_finished(source) then
    later(end_dest)
  else
    source:once("end", end_dest)
  end

  finished(source, { readable = true, writable = false }, function(err)
    local rs = state.peek_readable(source)
    if err and err.code == PREMATURE_CLOSE and rs.ended and not rs.errored and not rs.errorEmitted then
      -- Closed when all was there but not yet read: `end` still comes.
      source:once("end", step):once("error", step)
    else
      step(err)
    end
  end)
  return finished(dest, { readable = false, writable = true }, step)
end

local pipeline

local OPTIONS = strict.names("signal end")

-- A list is no options, nor is a pair that `Duplex.from` takes.
local function is_options(value)
  if type(value) ~= "table" or getmetatable(value) ~= nil then return false end
  if value.signal ~= nil or value["end"] ~= nil then return true end
  return strict.on and #value == 0 and next(value) ~= nil and value.readable == nil and value.writable == nil
    and not kind.is_stream(value)
end

-- Streams, options, callback.
local function arguments(...)
  local streams = { ... }
  local count = select("#", ...)
  local callback = streams[count]
  if type(callback) ~= "function" then
    errors.throw("ERR_INVALID_ARG_TYPE", "streams[stream.length - 1]", "function", callback)
  end
  streams[count] = nil
  local options = {}
  if is_options(streams[count - 1]) then
    options = streams[count - 1]
    strict.check(options, OPTIONS)
    abort.check(options.signal, "options.signal")
    count = count - 1
    streams[count] = nil
  end
  local list = count == 2 and streams[1]
  if type(list) == "table" and getmetatable(list) == nil and not kind.is_stream(list) then
    streams = { unpack(list) }
  end
  if #streams < 2 then errors.throw("ERR_MISSING_ARGS", "streams") end
  return streams, options, callback
end

-- Has streams in the place of what can be made one: lists, iterators, coroutines, functions that transform.
local function make_streams(streams, set_value)
  for i = 1, #streams do
    if not kind.is_stream(streams[i]) then
      errors._checkModule(streams[i], pipeline, "net.stream.pipeline(source, destination, callback)")
      local stream = require(MAKE).for_pipeline(streams[i], i == 1, i == #streams, set_value)
      if not stream then errors.throw("ERR_INVALID_ARG_TYPE", "streams[" .. (i - 1) .. "]", "Stream", streams[i]) end
      streams[i] = stream
    end
    local name = i < #streams and not kind.can_be_read(streams[i]) and "Readable"
      or i > 1 and not kind.can_be_written(streams[i]) and "Writable"
    if name then errors.throw("ERR_INVALID_ARG_TYPE", "streams[" .. (i - 1) .. "]", name, streams[i]) end
  end
  for i = 2, #streams do
    if streams[i].closed or streams[i].destroyed then errors.throw("ERR_STREAM_UNABLE_TO_PIPE") end
  end
end

--- Pipes each stream into the next. When one fails, or closes before its time, the others are destroyed.
-- @param ... two or more streams, or one list of them; the first may be a list of chunks, a string, an iterator
--   function or a coroutine, the others a function that makes chunks of chunks, see `Duplex.from`; then maybe a table
--   of options: `signal`, and `["end"] = false` to leave the last one open; and a callback, called once when all is
--   over, with an error or nil, and what the last one returned, if that is a function
-- @return the last stream
-- @raise ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS, ERR_STREAM_UNABLE_TO_PIPE
function pipeline(...)
  local streams, options, callback = arguments(...)
  local value
  make_streams(streams, function(returned) value = returned end)
  local signal = options.signal
  local last = streams[#streams]
  -- The last may be read from when all this is over: it keeps none of our listeners then.
  local last_is_readable = kind.is_readable(last)
  local destroys, cleanups = {}, {}
  local left, failure = 0, nil
  local stop_watching

  local function conclude(err, final)
    if err and (not failure or failure.code == PREMATURE_CLOSE or failure.name == "AbortError") then failure = err end
    if not failure and not final then return end
    local pending = destroys
    destroys = {}
    for i = 1, #pending do
      pending[i](failure)
    end
    if stop_watching then stop_watching() end
    if final then
      if not failure then
        for i = 1, #cleanups do
          cleanups[i]()
        end
      end
      later(callback, failure, value)
    end
  end

  local function step(err)
    left = left - 1
    conclude(err, left == 0)
  end

  -- The callback waits for those who are still to close.
  local function fail(err) conclude(err, false) end

  local function on_error(err)
    if err and err.code ~= PREMATURE_CLOSE and err.name ~= "AbortError" then fail(err) end
  end

  local function on_abort() fail(abort.error(signal)) end

  if signal and signal.aborted then
    later(on_abort) -- before anything flows: a source without an end, and a quick destination, may never let go
  elseif signal then
    stop_watching = abort.watch(signal, on_abort)
  end

  for i = 1, #streams do
    local stream = streams[i]
    local is_last = i == #streams
    local ends = not is_last or options["end"] ~= false
    if ends then
      local destroy, cleanup = destroyer(stream, not is_last, i > 1)
      destroys[#destroys + 1] = destroy
      if is_last and last_is_readable then cleanups[#cleanups + 1] = cleanup end
    end
    stream:on("error", on_error)
    if is_last and last_is_readable then
      cleanups[#cleanups + 1] = function() stream:removeListener("error", on_error) end
    end
    if i > 1 then
      left = left + 2
      local stop = join(streams[i - 1], stream, step, fail, ends)
      if is_last and last_is_readable then cleanups[#cleanups + 1] = stop end
    end
  end
  return last
end

return pipeline
