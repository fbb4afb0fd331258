--- Reading that waits: `readSome`, `readExactly`, `readLine`, `readUntil`, `readFrame`, `readAll`, `lines`, `chunks`.
--
-- They take from the stream's own buffer, and take nothing before all of a message is there: a wait that is broken off
-- leaves the stream as it was, and what they leave is what `data` listeners, `read` and `pipe` get next. While somebody
-- waits, what comes is his; data flows on to listeners, if it did, when he has what he wanted.
--
-- Floor 3.

local buffer = require("uvnet.stream.buffer")
local errors = require("uvnet.errors")
local framing = require("uvnet.base.framing")
local kind = require("uvnet.stream.kind")
local reading = require("uvnet.stream.read")
local split = require("uvnet.stream.split")
local strict = require("uvnet.base.strict")
local task = require("uvnet.runtime.task")
local ticks = require("uvnet.runtime.ticks")
local waiters = require("uvnet.stream.waiters")

local call_read = reading.call_read
local sub = string.sub
local cut, hold = framing.cut, framing.hold
local next_line, next_until = framing.next_line, framing.next_until
local next_frame = framing.next_frame
local advance, compact, format_of, look = split.advance, split.compact, split.format_of, split.look
local enter, wait, raise = task.enter, task.wait, task.raise
local later = ticks.later
local huge, floor = math.huge, math.floor

-- Where LuaJIT compiles, to cut off some bytes is faster than a call of C.
local function nothing() end
local next_bytes = jit and nothing or framing.next_bytes -- luacheck: ignore 113
local hold_bytes = jit and nothing or hold -- luacheck: ignore 113

local LONGEST_LINE = 65536 -- bytes
local LONGEST_FRAME = 16777216
local CALL_LINE = "stream:readLine([options])"

local methods = {}

waiters.wake, waiters.is_woken_for = task.wake, task.is_woken_for

-- ---- the buffer ----

local function flow_on(self)
  local rs = self._rs
  if not rs.flowing or rawget(self, "_reader") ~= nil then return end
  local outer = reading.guard(self, rs)
  reading.flow(self, rs)
  rs.emitting = outer
  if rs.flowing and not rs.reading then self:read(0) end
end

-- Something has been taken: there is room again, and data may flow to whom it flows.
local function go_on(self, rs)
  if rs.flowing then
    later(flow_on, self)
  elseif not rs.reading and not rs.ended then
    reading.maybe_read_more(self, rs)
  end
end

local function take(self, rs, n)
  local length = rs.length
  local data = n >= length and buffer.take_all(rs) or buffer.take(rs, n)
  rs.length = length - #data
  go_on(self, rs)
  return data
end

-- What a wait has brought and nobody has taken yet.
local function leave(self, rs, chunk)
  if rs.handsOver then
    rs.handsOver = nil
    waiters.close_task_path(self)
  end
  buffer.append(rs, chunk)
  rs.length = (rs.length or 0) + #chunk
  if rs.readableListening then reading.emit_readable(self, rs) end
end

local function leave_rest(self, chunk, from)
  local rs = self._rs
  if from < #chunk then leave(self, rs, from > 0 and sub(chunk, from + 1) or chunk) end
  if rs.flowing then go_on(self, rs) end
end

-- ---- how a stream ends ----

local function busy()
  errors.throw("ERR_INVALID_STATE", "Another task reads from this stream: one can at a time")
end

-- A wait whose yield has failed is none (Lua 5.1).
local function check_free(self)
  local reader = rawget(self, "_reader")
  if reader ~= nil and task.is_waiting(reader) then busy() end
end

local function begin(self, call)
  if type(self) ~= "table" or not self._isReadable then errors._checkSelf(nil, call) end
  if rawget(self, "_reader") ~= nil then check_free(self) end
  rawset(self, "_pulled", true)
  return self._rs
end

local function begin_bytes(self, call)
  local rs = begin(self, call)
  if rs.objectMode then
    errors.throw("ERR_INVALID_STATE", "A stream of objects has no bytes: use readSome() or chunks()")
  end
  return rs
end

-- The end has been read: `end` may follow.
local function at_end(self, rs)
  if not rs.endEmitted then self:read(0) end
end

-- Is there more to come? Raises what has broken the stream, with what had come of a message.
local function is_over(self, rs)
  if rs.ended then return true end
  if not (rs.destroyed or rs.errored or rs.errorEmitted or rs.closeEmitted) then return false end
  local err = kind.error_of(self) or errors.coded("ERR_STREAM_PREMATURE_CLOSE")
  waiters.origin[err] = self
  if type(err) == "table" and not rs.objectMode and (rs.length or 0) > 0 then
    err.partial = buffer.take_all(rs)
    rs.length = 0
  end
  return raise(err)
end

-- The stream has ended within a message.
local function cut_off(self, rs)
  local err = errors.coded("ERR_STREAM_PREMATURE_CLOSE")
  err.partial = buffer.take_all(rs)
  rs.length = 0
  waiters.origin[err] = self
  at_end(self, rs)
  raise(err)
end

local function too_long(self, limit)
  local err = errors.coded("ERR_FRAME_TOO_LONG", limit)
  waiters.origin[err] = self
  if rawget(self, "_rs") and self._rs.flowing then go_on(self, self._rs) end
  raise(err)
end

-- ---- waiting ----

local function unwait(me, self)
  if rawget(self, "_reader") == me then rawset(self, "_reader", nil) end
  local rs = rawget(self, "_rs")
  if rs and rs.flowing then go_on(self, rs) end
end

-- Waits for a change. What it gives back is a chunk that is nowhere else; nil: have another look.
local function wait_for_change(self, rs)
  local me = enter()
  if rs.flowing and self._peekState then waiters.close_fast_path(self) end
  if not rs.reading and not rs.constructing then
    local length = rs.length
    call_read(self, rs)
    if rs.length ~= length or rs.ended or rs.destroyed or rs.errored then return nil end
  elseif rs.constructing then
    rs.needReadable = true
  end
  rawset(self, "_reader", me)
  if not rs.handsOver and (rs.length or 0) == 0 then waiters.open_task_path(self) end
  return wait(me, unwait, self)
end

-- The same at a socket that has no tables yet.
local function wait_lazily(self)
  local me = enter()
  if self._pulled == nil then rawset(self, "_pulled", true) end
  rawset(self, "_reader", me)
  waiters.open_task_path(self)
  return wait(me, unwait, self)
end

-- What a service does all the time stands in the core: where the path to who waits is open, `await` says so of the task
-- that runs, which then yields. With a chunk comes whether it has come by that path, past everything else.
local WAIT, yield = task.WAIT, coroutine.yield
local await = task.awaits(unwait)

local function is_lazy(self) return type(self) == "table" and rawget(self, "_rs") == nil and waiters.is_lazy(self) end

-- The chunk that a wait has brought: was there anything else? Else it is put where it belongs.
local function came_alone(self, chunk)
  if rawget(self, "_rs") == nil then return true end
  leave(self, self._rs, chunk)
  return false
end

-- Waits until there are so many bytes. False at the end of the stream, with fewer.
local function need(self, rs, n)
  local since = rs.tail or 0
  while (rs.length or 0) < n do
    if is_over(self, rs) then return false end
    local chunk = wait_for_change(self, rs)
    if chunk then leave(self, rs, chunk) end
    since = compact(rs, since)
  end
  return true
end

-- ---- bytes as they come ----

local function check_count(name, n, least)
  if type(n) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", name, "number", n) end
  if n ~= huge and n % 1 ~= 0 then errors.throw("ERR_OUT_OF_RANGE", name, "an integer", n) end
  if not (n >= least) then errors.throw("ERR_OUT_OF_RANGE", name, ">= " .. least, n) end
  return n
end

local function read_some(self, max)
  local rs = begin(self, "stream:readSome([max])")
  if max ~= nil then check_count("max", max, 1) end
  while true do
    if (rs.length or 0) > 0 then
      if rs.objectMode then
        rs.length = rs.length - 1
        local object = buffer.shift(rs)
        go_on(self, rs)
        return object
      end
      local here = buffer.first_length(rs)
      return take(self, rs, max and max < here and max or here)
    end
    if is_over(self, rs) then
      at_end(self, rs)
      return nil
    end
    local chunk = wait_for_change(self, rs)
    if chunk then
      if rs.flowing or max and #chunk > max or (rs.length or 0) > 0 then
        leave(self, rs, chunk)
      else
        return chunk
      end
    end
  end
end

--- Waits for the next bytes: gives back what has come, at least one. Of a stream of objects, the next one.
-- @function readSome
-- @tparam[opt] integer max bytes
-- @treturn ?string nil at the end
-- @raise what has broken the connection; ERR_INVALID_STATE where one cannot wait, or while another task reads;
--   ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function methods.readSome(self, max)
  if max == nil then
    if await(self) then
      local err, chunk, is_direct = yield(WAIT)
      if err ~= nil then raise(err) end
      if is_direct or chunk and came_alone(self, chunk) then return chunk end
    elseif is_lazy(self) then
      local chunk = wait_lazily(self)
      if chunk and came_alone(self, chunk) then return chunk end
    end
  end
  return read_some(self, max)
end

--- Waits for so many bytes.
-- @tparam integer n
-- @treturn ?string exactly n bytes; nil at the end of the stream, if there was none before it
-- @raise ERR_STREAM_PREMATURE_CLOSE if the stream ends in between, with what has come in `err.partial`; what has broken
--   the connection, with the same; ERR_INVALID_STATE; ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function methods.readExactly(self, n)
  local bytes = next_bytes(self, n)
  if bytes then return bytes end
  local rs = begin_bytes(self, "stream:readExactly(n)")
  check_count("n", n, 0)
  if n == 0 then return "" end
  if (rs.length or 0) >= n or need(self, rs, n) then
    bytes = take(self, rs, n)
    if rs.offset then hold_bytes(self, rs) end
    return bytes
  end
  if (rs.length or 0) > 0 then return cut_off(self, rs) end
  at_end(self, rs)
  return nil
end

-- ---- up to a delimiter ----

-- What all take who have a bound.
local LIMIT_OPTIONS = strict.names("limit")

local function limit_of(options, otherwise)
  if options == nil then return otherwise end
  if type(options) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options) end
  if strict.on then strict.check(options, LIMIT_OPTIONS) end
  local limit = options.limit
  if limit == nil then return otherwise end
  return check_count("options.limit", limit, 0)
end

local function read_delimited(self, rs, delimiter, limit)
  local scan = { list = nil, at = 0 }
  while true do
    local message = look(rs, scan, delimiter, limit)
    if message then
      if rs.flowing or not rs.reading then go_on(self, rs) end
      if rs.offset then hold(self, rs) end
      return message
    elseif message == false then
      return too_long(self, limit)
    end
    if is_over(self, rs) then
      if (rs.length or 0) == 0 then
        at_end(self, rs)
        return nil
      end
      if delimiter then return cut_off(self, rs) end
      if rs.length > limit then return too_long(self, limit) end
      local last = take(self, rs, rs.length)
      at_end(self, rs)
      return last
    end
    local chunk = wait_for_change(self, rs)
    if chunk then
      if (rs.length or 0) == 0 and not rs.flowing then
        local next
        message, next = cut(chunk, 0, limit, delimiter)
        if message then
          leave_rest(self, chunk, next)
          return message
        end
      end
      leave(self, rs, chunk)
    end
  end
end

-- What most often is so: it lies in the first chunk that the stream holds, or is the next one that comes. Those that
-- follow it in the chunk are taken past all this.
local function read_line(self, limit)
  if type(self) ~= "table" then errors._checkSelf(nil, CALL_LINE) end
  local rs = rawget(self, "_rs")
  local list = rs and rs.buffer
  if list and not rs.objectMode and rawget(self, "_reader") == nil then
    local chunk, offset = list[rs.head], rs.offset or 0
    if chunk then
      local line, next = cut(chunk, offset, limit)
      if line then
        advance(rs, chunk, offset, next)
        if rs.flowing or not (rs.reading or rs.readingMore or rs.ended) then go_on(self, rs) end
        if next < #chunk then hold(self, rs) end
        return line
      end
    end
  end
  if await(self) then
    local err, chunk, is_direct = yield(WAIT)
    if err ~= nil then raise(err) end
    if is_direct then
      local line, next = cut(chunk, 0, limit)
      if line then
        if next < #chunk then leave(self, self._rs, sub(chunk, next + 1)) end
        return line
      end
    end
    if chunk then leave(self, self._rs, chunk) end
  end
  rs = begin_bytes(self, CALL_LINE)
  return read_delimited(self, rs, nil, limit)
end

--- Waits for a line.
-- @function readLine
-- @tparam[opt] table options `limit`: how many bytes it may have (65536)
-- @treturn ?string the line without its `\n` or `\r\n`, the last one also without a newline; nil at the end
-- @raise ERR_FRAME_TOO_LONG: then nothing is read; what has broken the connection; ERR_INVALID_STATE;
--   ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function methods.readLine(self, options)
  local limit = options == nil and LONGEST_LINE or limit_of(options, LONGEST_LINE)
  local line = next_line(self, limit)
  if line then return line end
  return read_line(self, limit)
end

--- Waits for what ends with a delimiter.
-- @tparam string delimiter 1 to 256 bytes
-- @tparam[opt] table options `limit`: how many bytes may stand before it (65536)
-- @treturn ?string the bytes before the delimiter, which is taken away; nil at the end
-- @raise ERR_FRAME_TOO_LONG: then nothing is read; ERR_STREAM_PREMATURE_CLOSE if the stream ends before the delimiter,
--   with what has come in `err.partial`; what has broken the connection; ERR_INVALID_STATE; ERR_INVALID_ARG_TYPE,
--   ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE
function methods.readUntil(self, delimiter, options)
  local limit = options == nil and LONGEST_LINE or limit_of(options, LONGEST_LINE)
  local message = next_until(self, delimiter, limit)
  if message then return message end
  local rs = begin_bytes(self, "stream:readUntil(delimiter[, options])")
  if type(delimiter) ~= "string" then errors.throw("ERR_INVALID_ARG_TYPE", "delimiter", "string", delimiter) end
  if #delimiter == 0 or #delimiter > 256 then
    errors.throw("ERR_INVALID_ARG_VALUE", "delimiter", delimiter, "must have 1 to 256 bytes")
  end
  return read_delimited(self, rs, delimiter, limit)
end

-- ---- behind a length ----

--- Waits for what follows its length.
-- @tparam string format of the length: `u8`, `u16be`, `u16le`, `u32be`, `u32le`, `u64be`, `u64le`
-- @tparam[opt] table options `limit`: how many bytes may follow it (16 MiB)
-- @treturn ?string the bytes; nil at the end
-- @raise ERR_FRAME_TOO_LONG: then nothing is read; ERR_STREAM_PREMATURE_CLOSE if the stream ends in between, with what
--   has come, the length included, in `err.partial`; what has broken the connection; ERR_INVALID_STATE;
--   ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE
function methods.readFrame(self, format, options)
  local known = format_of(format)
  local limit, size = limit_of(options, LONGEST_FRAME), known.size
  local frame = next_frame(self, size, known.little, limit)
  if frame then return frame end
  local rs = begin_bytes(self, "stream:readFrame(format[, options])")
  if (rs.length or 0) >= size or need(self, rs, size) then
    local length = split.length_of(rs, known)
    if length > limit then return too_long(self, limit) end
    length = floor(length)
    if rs.length >= size + length or need(self, rs, size + length) then
      buffer.take(rs, size)
      rs.length = rs.length - size
      frame = ""
      if length > 0 then
        frame = take(self, rs, length)
      else
        go_on(self, rs)
      end
      if rs.offset then hold(self, rs) end
      return frame
    end
  end
  if (rs.length or 0) > 0 then return cut_off(self, rs) end
  at_end(self, rs)
  return nil
end

--- Waits for the end.
-- @tparam[opt] table options `limit`: how many bytes there may be (16 MiB)
-- @treturn string everything up to the end; `""` if there is nothing
-- @raise ERR_FRAME_TOO_LONG: then nothing is read; what has broken the connection, with what has come in `err.partial`;
--   ERR_INVALID_STATE; ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function methods.readAll(self, options)
  local rs = begin_bytes(self, "stream:readAll([options])")
  local limit = limit_of(options, LONGEST_FRAME)
  if need(self, rs, limit + 1) then return too_long(self, limit) end
  local all = (rs.length or 0) > 0 and take(self, rs, rs.length) or ""
  at_end(self, rs)
  return all
end

-- ---- loops ----

-- Lua 5.1 cannot yield from the iterator of a `for`.
local function check_iterator(loop, call)
  if task.yields_across_pcall or not task.current() then return end
  local text = "%s: Lua 5.1 cannot wait in the iterator of a for: call %s in a while loop"
  errors.throw("ERR_INVALID_STATE", text:format(loop, call))
end

--- `for line in stream:lines() do`: reads line by line, up to the end.
-- @tparam[opt] table options as for `readLine`
-- @treturn function
-- @raise as `readLine` does
function methods.lines(self, options)
  begin_bytes(self, "stream:lines([options])")
  local limit = limit_of(options, LONGEST_LINE)
  check_iterator("lines()", "readLine()")
  return function() return next_line(self, limit) or self:readLine(options) end
end

--- `for chunk in stream:chunks() do`: reads what comes, up to the end.
-- @treturn function
-- @raise as `readSome` does
function methods.chunks(self)
  begin(self, "stream:chunks()")
  check_iterator("chunks()", "readSome()")
  return function() return self:readSome() end
end

-- Who goes through a stream by `iterator`, and may give up.
local Iterator = {}
Iterator.__index = Iterator

function Iterator:__call() return self.stream:readSome() end

--- Is it left, before the end or behind it, the stream is destroyed, unless it is to be kept.
function Iterator:close()
  if self.destroys then self.stream:destroy() end
end

Iterator["return"], Iterator.__close = Iterator.close, Iterator.close

local ITERATOR_OPTIONS = strict.names("destroyOnReturn")

--- `for chunk in stream:iterator([options]) do`: as `chunks`, but the stream is destroyed when the loop is left (on Lua
-- 5.4; before, by the iterator's `close()`).
-- @tparam[opt] table options `destroyOnReturn` (true): false keeps the stream
-- @return what a `for` needs
-- @raise ERR_INVALID_ARG_TYPE; as `chunks` does
function methods.iterator(self, options)
  begin(self, "stream:iterator([options])")
  local destroys = true
  if options ~= nil then
    if type(options) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options) end
    strict.check(options, ITERATOR_OPTIONS)
    destroys = options.destroyOnReturn
    if destroys == nil then destroys = true end
    if type(destroys) ~= "boolean" then
      errors.throw("ERR_INVALID_ARG_TYPE", "options.destroyOnReturn", "boolean", destroys)
    end
  end
  check_iterator("iterator()", "readSome()")
  local iterator = setmetatable({ stream = self, destroys = destroys }, Iterator)
  return iterator, nil, nil, iterator
end

return { methods = methods, limit_of = limit_of, LONGEST_LINE = LONGEST_LINE, LONGEST_FRAME = LONGEST_FRAME }
