--- `pipeline`: pipes streams into each other and sees to it that they end together.
--
-- Floor 3.

local errors = require("uvnet.errors")
local finished = require("uvnet.stream.finished")
local kind = require("uvnet.stream.kind")
local state = require("uvnet.stream.state")
local ticks = require("uvnet.runtime.ticks")

local later = ticks.later

local PREMATURE_CLOSE = "ERR_STREAM_PREMATURE_CLOSE"

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
    stream:destroy(err or errors.coded("ERR_STREAM_DESTROYED", "pipe"))
  end
  return destroy, cleanup
end

-- Joins two streams. `step` is called twice: when the source is over and when the destination is.
local function join(source, dest, step)
  local ended = false
  dest:on("close", function()
    if not ended then step(errors.coded(PREMATURE_CLOSE)) end
  end)
  source:pipe(dest, { ["end"] = false })

  local function end_dest()
    ended = true
    dest:finish()
  end
  if kind.is_readable_finished(source) then
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

local function arguments(...)
  local streams = { ... }
  local count = select("#", ...)
  local callback = streams[count]
  if type(callback) ~= "function" then
    errors.throw("ERR_INVALID_ARG_TYPE", "streams[stream.length - 1]", "function", callback)
  end
  streams[count] = nil
  if count == 2 and type(streams[1]) == "table" and not kind.is_stream(streams[1]) then streams = streams[1] end
  if #streams < 2 then errors.throw("ERR_MISSING_ARGS", "streams") end
  for i = 1, #streams do
    if not kind.is_stream(streams[i]) then
      errors._checkModule(streams[i], pipeline, "net.stream.pipeline(source, destination, callback)")
      errors.throw("ERR_INVALID_ARG_TYPE", "streams[" .. (i - 1) .. "]", "Stream", streams[i])
    end
    local name = i < #streams and not kind.can_be_read(streams[i]) and "Readable"
      or i > 1 and not kind.can_be_written(streams[i]) and "Writable"
    if name then errors.throw("ERR_INVALID_ARG_TYPE", "streams[" .. (i - 1) .. "]", name, streams[i]) end
  end
  return streams, callback
end

--- Pipes each stream into the next. When one fails, or closes before its time, the others are destroyed.
-- @param ... two or more streams, or one list of them; and a callback, called once with an error or nil, when all is
--   over
-- @return the last stream
-- @raise ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS
function pipeline(...)
  local streams, callback = arguments(...)
  local last = streams[#streams]
  -- The last may be read from when all this is over: it keeps none of our listeners then.
  local last_is_readable = kind.is_readable(last)
  local destroys, cleanups = {}, {}
  local left, failure = 0, nil

  local function step(err)
    left = left - 1
    if err and (not failure or failure.code == PREMATURE_CLOSE) then failure = err end
    if not failure and left ~= 0 then return end
    local pending = destroys
    destroys = {}
    for i = 1, #pending do
      pending[i](failure)
    end
    if left == 0 then
      if not failure then
        for i = 1, #cleanups do
          cleanups[i]()
        end
      end
      later(callback, failure)
    end
  end

  local function on_error(err)
    if err and err.code ~= PREMATURE_CLOSE then step(err) end
  end

  for i = 1, #streams do
    local stream = streams[i]
    local destroy, cleanup = destroyer(stream, i < #streams, i > 1)
    destroys[#destroys + 1] = destroy
    stream:on("error", on_error)
    if i == #streams and last_is_readable then
      cleanups[1] = cleanup
      cleanups[2] = function() stream:removeListener("error", on_error) end
    end
    if i > 1 then
      left = left + 2
      local stop = join(streams[i - 1], stream, step)
      if i == #streams and last_is_readable then cleanups[3] = stop end
    end
  end
  return last
end

return pipeline
