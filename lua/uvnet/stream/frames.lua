--- `frames`: messages for a listener, framed as by the methods that wait.
--
-- It is a listener for `data`, with a buffer of its own for a message that is not all there. Whoever pauses the stream
-- within the listener finds the rest in the stream's buffer.
--
-- Floor 3.

local await_read = require("uvnet.stream.await_read")
local buffer = require("uvnet.stream.buffer")
local errors = require("uvnet.errors")
local framing = require("uvnet.base.framing")
local is_callable = require("uvnet.base.callable")
local split = require("uvnet.stream.split")
local strict = require("uvnet.base.strict")

local floor = math.floor
local hold, next_line, next_until, next_frame = framing.hold, framing.next_line, framing.next_until, framing.next_frame
-- What LuaJIT compiles is faster without these calls of C.
if jit then -- luacheck: ignore 113
  hold = function() end
  next_line, next_until, next_frame = hold, hold, hold
end

local methods = {}

local FORMAT = strict.names("delimiter")

-- What gives the next message of a queue: a string, nil if it is not all there, false if it is too long. What gives the
-- next one of a chunk that is held, if it can. And what a rest at the end is worth.
local function splitter(format, options)
  if type(format) == "table" then
    strict.check(format, FORMAT, "format")
    local delimiter = format.delimiter
    if type(delimiter) ~= "string" then
      errors.throw("ERR_INVALID_ARG_TYPE", "format.delimiter", "string", delimiter)
    end
    if #delimiter == 0 or #delimiter > 256 then
      errors.throw("ERR_INVALID_ARG_VALUE", "format.delimiter", delimiter, "must have 1 to 256 bytes")
    end
    local limit, scan = await_read.limit_of(options, await_read.LONGEST_LINE), { at = 0 }
    local function quickly(queue) return next_until(queue, delimiter, limit) end
    return function(queue) return split.look(queue, scan, delimiter, limit) end, quickly, limit
  elseif format == "line" then
    local limit, scan = await_read.limit_of(options, await_read.LONGEST_LINE), { at = 0 }
    local function quickly(queue) return next_line(queue, limit) end
    return function(queue) return split.look(queue, scan, nil, limit) end, quickly, limit, true
  end
  local known = split.format_of(format)
  local limit, size = await_read.limit_of(options, await_read.LONGEST_FRAME), known.size
  local since = 0
  return function(queue)
    if queue.length < size then return nil end
    local length = split.length_of(queue, known)
    if length > limit then return false end
    length = floor(length)
    if queue.length < size + length then
      since = split.compact(queue, since)
      return nil
    end
    buffer.take(queue, size)
    queue.length = queue.length - size - length
    return length > 0 and buffer.take(queue, length) or ""
  end, function(queue) return next_frame(queue, size, known.little, limit) end, limit
end

--- Calls a listener with each message. It is how `data` listeners get messages: the stream flows, and `pause` holds
-- back the rest. A message that is too long, or that the stream's end cuts off, destroys the stream with an error.
-- @function frames
-- @tparam string|table format `"line"`; `{ delimiter = "\0" }`; or of a length before the message `u8`, `u16be`,
--   `u16le`, `u32be`, `u32le`, `u64be`, `u64le`
-- @tparam[opt] table options `limit`: how many bytes a message may have (64 KiB for lines and delimiters, else 16 MiB)
-- @tparam function listener gets a message, without its delimiter or length
-- @treturn function ends it: what no message was made of yet is the stream's again
-- @raise ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE; ERR_INVALID_STATE for a stream of objects
function methods.frames(self, format, options, listener)
  if type(self) ~= "table" or not self._isReadable then
    errors._checkSelf(nil, "stream:frames(format, listener)")
  end
  if listener == nil then
    options, listener = nil, options
  end
  if not is_callable(listener) then errors.throw("ERR_INVALID_ARG_TYPE", "listener", "function", listener) end
  if self._rs.objectMode then errors.throw("ERR_INVALID_STATE", "A stream of objects has no bytes") end
  local next_message, quickly, limit, takes_rest = splitter(format, options)
  local queue = { length = 0 }
  local stopped, busy = false, false
  local on_data, on_end

  local function stop()
    if stopped then return end
    stopped = true
    self:removeListener("data", on_data)
    self:removeListener("end", on_end)
    -- What nobody listens for would be lost, if it went on flowing.
    local rs = self._rs
    if rs.flowing and not rs.dataListening then rs.flowing = nil end
  end

  -- What is left is the stream's.
  local function give_back()
    if queue.length == 0 then return end
    local rest = buffer.take_all(queue)
    queue.length = 0
    if not self.destroyed then self:unshift(rest) end
  end

  local function fail(err)
    stop()
    self:destroy(err)
  end

  local function is_held()
    if stopped then return true end
    local rs = rawget(self, "_rs") or self._rs
    return rs.destroyed or rs.paused == true or rs.flowing == false
  end

  -- A listener that raises loses its message, and no other.
  local function hand_out()
    while not is_held() do
      local message = quickly(queue)
      if not message then
        message = next_message(queue)
        if queue.offset then hold(queue, queue) end
      end
      if message == nil then return end
      if message == false then
        local err = errors.coded("ERR_FRAME_TOO_LONG", limit)
        return fail(err)
      end
      listener(message)
    end
    give_back()
  end

  function on_data(chunk)
    buffer.append(queue, chunk)
    queue.length = queue.length + #chunk
    if busy then return end
    busy = true
    local ok, raised = pcall(hand_out)
    busy = false
    if not ok then
      give_back()
      error(raised, 0)
    end
  end

  function on_end()
    if queue.length == 0 then return end
    local rest = buffer.take_all(queue)
    queue.length = 0
    if takes_rest then
      if #rest > limit then return fail(errors.coded("ERR_FRAME_TOO_LONG", limit)) end
      stop()
      listener(rest)
    else
      local err = errors.coded("ERR_STREAM_PREMATURE_CLOSE")
      err.partial = rest
      fail(err)
    end
  end

  self:on("end", on_end)
  self:on("data", on_data)
  return function()
    stop()
    if not busy then give_back() end
  end
end

return { methods = methods }
