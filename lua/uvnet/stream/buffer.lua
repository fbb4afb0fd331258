--- The chunks that a readable side holds: a queue with O(1) at both ends.
--
-- `rs.buffer` holds them, from `rs.head` to `rs.tail`. Of the first, `rs.offset` bytes are gone already: a chunk that
-- is read in small pieces is not copied each time.
--
-- Floor 3.

local buffer = {}

local concat, sub = table.concat, string.sub

local function list_of(rs)
  local list = rs.buffer
  if not list then
    list = {}
    rs.buffer, rs.head, rs.tail = list, 1, 0
  end
  return list
end

--- Puts a chunk behind the others.
function buffer.append(rs, chunk)
  local list = list_of(rs)
  local tail = rs.tail + 1
  list[tail] = chunk
  rs.tail = tail
end

--- Puts a chunk before the others.
function buffer.prepend(rs, chunk)
  local list = list_of(rs)
  local head = rs.head
  if rs.offset then
    list[head] = sub(list[head], rs.offset + 1)
    rs.offset = nil
  end
  list[head - 1] = chunk
  rs.head = head - 1
end

--- How many bytes the first chunk still has.
function buffer.first_length(rs) return #rs.buffer[rs.head] - (rs.offset or 0) end

--- Takes away the first chunk, or what is left of it.
function buffer.shift(rs)
  local list, head = rs.buffer, rs.head
  local chunk = list[head]
  list[head] = nil
  if head == rs.tail then
    rs.head, rs.tail = 1, 0
  else
    rs.head = head + 1
  end
  if rs.offset then
    chunk = sub(chunk, rs.offset + 1)
    rs.offset = nil
  end
  return chunk
end

local shift = buffer.shift

--- Takes away all chunks.
-- @treturn string what they held
function buffer.take_all(rs)
  if not rs.buffer or rs.tail < rs.head then return "" end
  if rs.head == rs.tail then return shift(rs) end
  local list, head = rs.buffer, rs.head
  if rs.offset then list[head] = sub(list[head], rs.offset + 1) end
  local all = concat(list, "", head, rs.tail)
  rs.buffer, rs.head, rs.tail, rs.offset = nil, nil, nil, nil
  return all
end

--- Takes away bytes from the front; there must be that many.
-- @tparam integer n
-- @treturn string
function buffer.take(rs, n)
  local here = buffer.first_length(rs)
  if n == here then return shift(rs) end
  if n < here then
    local from = rs.offset or 0
    rs.offset = from + n
    return sub(rs.buffer[rs.head], from + 1, from + n)
  end
  local parts, count = {}, 0
  while n > 0 do
    here = buffer.first_length(rs)
    count = count + 1
    parts[count] = n < here and buffer.take(rs, n) or shift(rs)
    n = n - here
  end
  return concat(parts)
end

--- Makes one chunk of those from one place on, unless they hold too much for it to be worth while.
-- @tparam integer from not the first
-- @tparam integer most bytes
function buffer.merge(rs, from, most)
  local list, tail, size = rs.buffer, rs.tail, 0
  for i = from, tail do
    size = size + #list[i]
  end
  if size > most then return end
  list[from] = concat(list, "", from, tail)
  for i = from + 1, tail do
    list[i] = nil
  end
  rs.tail = from
end

return buffer
