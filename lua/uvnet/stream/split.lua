--- Taking messages out of chunks: of a readable side's state, or of any table with the fields of a buffer and `length`.
--
-- Nothing is taken before all of a message is there. Each byte is looked at once, however the chunks are cut.
--
-- Floor 3.

local buffer = require("uvnet.stream.buffer")
local errors = require("uvnet.errors")
local framing = require("uvnet.base.framing")

local byte, sub = string.byte, string.sub
local cut, find = framing.cut, framing.find

local split = {}

-- A peer that sends its bytes one by one must not make us keep a string for each.
local MANY, SMALL = 512, 512

--- Makes one chunk of many small ones.
-- @tparam table rs
-- @tparam integer since the last chunk that is not to be touched
-- @treturn integer the same for the next time
function split.compact(rs, since)
  local head, tail = rs.head or 1, rs.tail or 0
  if since < head then since = head end -- of the first a part may have been taken
  if since > tail then since = tail end
  if tail - since < MANY then return since end
  buffer.merge(rs, since + 1, MANY * SMALL)
  return rs.tail
end

local compact = split.compact

--- The message was in the first chunk, from an offset to `next`: takes it away.
function split.advance(rs, chunk, offset, next)
  rs.length = rs.length - (next - offset)
  if next == #chunk then
    buffer.shift(rs)
  else
    rs.offset = next
  end
end

local advance = split.advance

-- The message is what is before the delimiter, in the first `size` bytes.
local function take_message(rs, size, delimiter, limit)
  local data = buffer.take(rs, size)
  local last = size - (delimiter and #delimiter or 1)
  if not delimiter and byte(data, last) == 13 then last = last - 1 end
  if last > limit then
    buffer.prepend(rs, data)
    return false
  end
  rs.length = rs.length - size
  return sub(data, 1, last)
end

-- Of a line the last byte may be the "\r" of its end.
local function is_too_long(size, limit, delimiter, last_chunk)
  if size <= limit then return false end
  return not (delimiter == nil and size == limit + 1 and byte(last_chunk, -1) == 13)
end

--- Takes what ends with a delimiter, without it a line.
-- @tparam table rs
-- @tparam table scan how far has been looked: `at` is the next chunk to look at, `matched` as `find` gives it, `seen`
--   the bytes before that chunk. A table for each message; what is in it holds as long as the chunks are the same
-- @tparam ?string delimiter
-- @tparam number limit bytes
-- @treturn ?string|boolean the message; nil: it is not all there; false: it is too long
function split.look(rs, scan, delimiter, limit)
  local list, head = rs.buffer, rs.head
  if not list or rs.tail < head then
    scan.list = nil
    return nil
  end
  local offset, first = rs.offset or 0, list[head]
  -- Somebody else may have read, or put something back.
  local is_same = scan.list == list and scan.head == head and scan.offset == offset and scan.first == first
  if not is_same or scan.at > rs.tail + 1 then
    if scan.list then scan.list = nil end
    local message, next = cut(first, offset, limit, delimiter)
    if message then
      advance(rs, first, offset, next)
      return message
    elseif message == false then
      return false
    end
    scan.list, scan.head, scan.offset, scan.first = list, head, offset, first
    scan.at, scan.since, scan.matched, scan.seen = head + 1, head, next, #first - offset
  end
  while scan.at <= rs.tail do
    local chunk = list[scan.at]
    local stop, matched = find(chunk, delimiter or "\n", scan.matched)
    if stop then
      local size = scan.seen + stop
      scan.list = nil
      return take_message(rs, size, delimiter, limit)
    end
    scan.matched, scan.seen, scan.at = matched, scan.seen + #chunk, scan.at + 1
    if is_too_long(scan.seen - matched, limit, delimiter, chunk) then return false end
  end
  local since = compact(rs, scan.since)
  if rs.tail + 1 ~= scan.at then scan.at = rs.tail + 1 end
  scan.since = since
  return nil
end

-- ---- lengths ----

local SIZES = { ["8"] = 1, ["16"] = 2, ["32"] = 4, ["64"] = 8 }
local formats = {}

--- What a format says: how many bytes the length has, and whether the least comes first.
-- @raise ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
function split.format_of(format)
  local known = formats[format]
  if known then return known end
  if type(format) ~= "string" then errors.throw("ERR_INVALID_ARG_TYPE", "format", "string", format) end
  local bits, order = format:match("^u(%d+)(%a*)$")
  local size = SIZES[bits]
  if not size or (size == 1 and order ~= "") or (size > 1 and order ~= "be" and order ~= "le") then
    errors.throw("ERR_INVALID_ARG_VALUE", "format", format, "must be u8, u16be, u16le, u32be, u32le, u64be or u64le")
  end
  known = { size = size, little = order == "le" }
  formats[format] = known
  return known
end

-- A whole number, as a float where there are eight bytes.
local function number_of(text, format)
  local size = format.size
  if size == 1 then return byte(text) end
  local a, b, c, d = byte(text, 1, 4)
  if size == 2 then return format.little and a + b * 256 or a * 256 + b end
  if size == 4 then
    if format.little then
      a, b, c, d = d, c, b, a
    end
    return ((a * 256 + b) * 256 + c) * 256 + d
  end
  local number = 0.0
  for i = 1, 8 do
    number = number * 256 + byte(text, format.little and 9 - i or i)
  end
  return number
end

--- The length that the first bytes say; they must be there, and stay.
function split.length_of(rs, format)
  local size = format.size
  local chunk, offset = rs.buffer[rs.head], rs.offset or 0
  if #chunk - offset >= size then return number_of(sub(chunk, offset + 1, offset + size), format) end
  local head = buffer.take(rs, size)
  buffer.prepend(rs, head)
  return number_of(head, format)
end

return split
