--- What goes into a Readable: `push` and `unshift`.
--
-- Floor 3.

local buffer = require("uvnet.stream.buffer")
local destruction = require("uvnet.stream.destroy")
local errors = require("uvnet.errors")
local pipe = require("uvnet.stream.pipe")
local reading = require("uvnet.stream.read")
local state = require("uvnet.stream.state")
local text = require("uvnet.stream.text")
local waiters = require("uvnet.stream.waiters")

local high_water = state.high_water
local error_or_destroy = destruction.error_or_destroy
local emit_readable, emit_readable_now = reading.emit_readable, reading.emit_readable_now
local maybe_read_more, guard = reading.maybe_read_more, reading.guard

local CHUNK_TYPES = { "string", "Buffer", "TypedArray", "DataView" }

local push = {}

local function can_push_more(rs)
  local length = rs.length or 0
  return not rs.ended and (length < high_water(rs) or length == 0)
end

local function measure(rs, chunk) return rs.objectMode and 1 or #chunk end

local function add_chunk(self, rs, chunk, in_front)
  local length = rs.length or 0
  local reader = rawget(self, "_reader")
  if rs.flowing and rs.sync == false and rs.dataListening and length == 0 and reader == nil then
    pipe.forget_drains(rs)
    rs.dataEmitted = true
    local outer = guard(self, rs)
    self:emit("data", chunk)
    rs.emitting = outer
  else
    if rs.handsOver then
      rs.handsOver = nil
      waiters.close_task_path(self)
    end
    rs.length = length + measure(rs, chunk)
    if in_front then
      buffer.prepend(rs, chunk)
    else
      buffer.append(rs, chunk)
    end
    if rs.needReadable then emit_readable(self, rs) end
    if reader ~= nil then waiters.tell_reader(self) end
  end
  maybe_read_more(self, rs)
end

local function on_eof(self, rs)
  rs.reading = nil
  if rs.ended then return end
  if rs.handsOver then
    rs.handsOver = nil
    waiters.close_task_path(self)
  end
  if rs.decoder then
    local rest = rs.decoder:finish()
    if rest ~= "" then
      buffer.append(rs, rest)
      rs.length = (rs.length or 0) + measure(rs, rest)
    end
  end
  rs.ended = true
  waiters.tell_reader(self)
  if rs.sync ~= false then
    if rs.flowing or rs.needReadable or self:listenerCount("readable") > 0 then
      emit_readable(self, rs)
    else
      -- Nobody waits for it. Whoever begins to listen for `readable` is told then.
      rs.eofUnannounced = true
    end
  else
    rs.needReadable = nil
    rs.emittedReadable = true
    emit_readable_now(self)
  end
end

-- What an encoding given with a chunk makes of it: bytes, or the text that the stream hands out anyway.
local function decode_given(rs, chunk, encoding)
  local name = text.name(encoding)
  if name == rs.encoding then return chunk, true end
  return text.encode(chunk, name), false
end

--- Puts a chunk into the stream, for whoever reads it.
-- @tparam ?string chunk bytes, or any value in object mode; nil is the end
-- @tparam[opt] string encoding if the chunk is text in another encoding
-- @treturn boolean false if no more should be pushed until `_read` is called
-- @raise ERR_UNKNOWN_ENCODING
function push.push(self, chunk, encoding)
  local rs = self._rs
  if chunk == nil then
    on_eof(self, rs)
    return false
  end
  local is_text = false
  if not rs.objectMode then
    if type(chunk) ~= "string" then
      error_or_destroy(self, errors.coded("ERR_INVALID_ARG_TYPE", "chunk", CHUNK_TYPES, chunk))
      return false
    end
    encoding = encoding or rs.defaultEncoding
    if encoding and encoding ~= "buffer" then
      chunk, is_text = decode_given(rs, chunk, encoding)
    end
    if chunk == "" then
      rs.reading = nil
      maybe_read_more(self, rs)
      return can_push_more(rs)
    end
  end
  if rs.ended then
    error_or_destroy(self, errors.coded("ERR_STREAM_PUSH_AFTER_EOF"))
    return false
  end
  if rs.destroyed or rs.errored then return false end
  rs.reading = nil
  if rs.decoder and not is_text and type(chunk) == "string" then
    chunk = rs.decoder:write(chunk)
    if chunk == "" and not rs.objectMode then
      maybe_read_more(self, rs)
      return can_push_more(rs)
    end
  end
  add_chunk(self, rs, chunk, false)
  return can_push_more(rs)
end

--- Puts a chunk back in front of the others: one that was read. With an encoding set it is text in that encoding.
-- @tparam ?string chunk as `read` gave it; nil is the end
-- @tparam[opt] string encoding if the chunk is text in another encoding
-- @treturn boolean false if no more should be pushed until `_read` is called
-- @raise ERR_UNKNOWN_ENCODING
function push.unshift(self, chunk, encoding)
  if type(self) ~= "table" then errors._checkSelf(self, "stream:unshift(chunk)") end
  local rs = self._rs
  if chunk == nil then
    on_eof(self, rs)
    return false
  end
  if not rs.objectMode then
    if type(chunk) ~= "string" then
      error_or_destroy(self, errors.coded("ERR_INVALID_ARG_TYPE", "chunk", CHUNK_TYPES, chunk))
      return false
    end
    if encoding and encoding ~= "buffer" then
      local is_text
      chunk, is_text = decode_given(rs, chunk, encoding)
      if rs.encoding and not is_text then
        local decoder = text.decoder(rs.encoding)
        chunk = decoder:write(chunk) .. decoder:finish()
      end
    end
    if chunk == "" then return can_push_more(rs) end
  end
  if rs.endEmitted then
    error_or_destroy(self, errors.coded("ERR_STREAM_UNSHIFT_AFTER_END_EVENT"))
  elseif rs.destroyed or rs.errored then
    return false
  else
    add_chunk(self, rs, chunk, true)
  end
  return can_push_more(rs)
end

return push
