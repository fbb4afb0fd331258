--- `receive`: LuaSocket's patterns over a connection's buffer.
--
-- Nothing is taken before all of it is there, or the time is over, or the end has come: a wait that is broken off (by
-- `async.timeout`, or because the task is cancelled) loses nothing.
--
-- Floor 14.

local split = require("uvnet.stream.split")

local find, gsub, huge = string.find, string.gsub, math.huge
local compact, look = split.compact, split.look

local receive = {}

-- What has come goes out with the reason why there is no more.
local function cut_short(conn, prefix, reason) return nil, reason, prefix .. conn:take(conn.length) end

local function why(conn) return conn.reason or "closed" end

local function without_cr(line)
  if find(line, "\r", 1, true) then return (gsub(line, "\r", "")) end
  return line
end

--- A line, without its newline and without any carriage return.
function receive.line(conn, prefix, deadline_of)
  local scan, is_over = { at = 0 }, false
  while true do
    local line = conn.length > 0 and look(conn, scan, "\n", huge)
    if line then
      conn:go_on()
      return prefix .. without_cr(line)
    end
    if conn.ended or is_over then
      local rest = without_cr(conn:take(conn.length))
      return nil, conn.ended and why(conn) or "timeout", prefix .. rest
    end
    is_over = conn:wait(deadline_of())
  end
end

--- So many bytes, of which the prefix has some.
function receive.bytes(conn, count, prefix, deadline_of)
  local wanted = count - #prefix
  if wanted <= 0 and count > 0 then return prefix end
  local since, is_over = conn.tail or 0, false
  while conn.length < wanted or conn.length == 0 do
    if conn.ended then return cut_short(conn, prefix, why(conn)) end
    if is_over then return cut_short(conn, prefix, "timeout") end
    is_over = conn:wait(deadline_of())
    since = compact(conn, since)
  end
  return prefix .. conn:take(wanted)
end

--- Everything up to the end.
function receive.all(conn, prefix, deadline_of)
  local since, is_over = conn.tail or 0, false
  while not conn.ended do
    if is_over then return cut_short(conn, prefix, "timeout") end
    is_over = conn:wait(deadline_of())
    since = compact(conn, since)
  end
  local reason = why(conn)
  if conn.length == 0 or reason ~= "closed" then return cut_short(conn, prefix, reason) end
  return prefix .. conn:take(conn.length)
end

return receive
