--- Collecting what a stream brings, in however many pieces it comes.
--
-- Floor 14.

local async = require("uvnet.async")
local check = require("uvnet.testing.check")
local class_name = require("uvnet.testing.name")
local errors = require("uvnet.errors")

local collecting = {}

local NO_LIMIT = { limit = math.huge }

local function read(stream, what)
  if type(what) == "number" then return stream:readExactly(what) end
  local before = stream:readUntil(what, NO_LIMIT)
  return before and before .. what
end

--- Waits until a stream has brought so many bytes, or a text, and gives back what has come up to there. What comes
-- behind it stays in the stream.
-- @param stream a socket, any Readable
-- @tparam integer|string what how many bytes; or a text of up to 256 bytes
-- @tparam[opt=testing.timeout] integer ms time limit
-- @treturn string with the text
-- @raise what has broken the stream; a message when the time is over or the stream ends before, with what has come;
--   ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function collecting.collect(stream, what, ms)
  check.dot(stream, "collect(socket, bytes)")
  check.emitter("socket", stream)
  if type(stream.readExactly) ~= "function" then
    errors.throw("ERR_INVALID_ARG_TYPE", "socket", "Readable", stream)
  end
  if type(what) ~= "number" and type(what) ~= "string" then
    errors.throw("ERR_INVALID_ARG_TYPE", "what", { "number", "string" }, what)
  end
  local limit = check.limit(ms)
  local ok, result = async.pcall(async.timeout, limit, read, stream, what)
  if ok and result then return result end
  local code = type(result) == "table" and result.code
  if not ok and code ~= "ERR_TIMEOUT" and code ~= "ERR_STREAM_PREMATURE_CLOSE" then error(result, 0) end
  local wanted = type(what) == "number" and ("%.14g bytes"):format(what) or ("%q"):format(what)
  local came = not ok and result.partial or code == "ERR_TIMEOUT" and stream:read() or ""
  local how = code == "ERR_TIMEOUT" and ("within %.14g ms"):format(limit) or "before its end"
  error(("no %s of %s %s; what came is %q"):format(wanted, class_name(stream), how, came), 2)
end

return collecting
