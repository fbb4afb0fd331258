--- What LuaSocket says of what went wrong: texts, not Errors.
--
-- Floor 14.

local core = require("uvnet.core")

-- By code. What has its own word in LuaSocket has it here; for the others that says what the C library does.
local REASONS = {
  EADDRINUSE = "address already in use",
  EISCONN = "already connected",
  EACCES = "permission denied",
  ECONNREFUSED = "connection refused",
  ECONNABORTED = "closed",
  ECONNRESET = "closed",
  EPIPE = "closed",
  ETIMEDOUT = "timeout",
  ERR_SOCKET_CONNECTION_TIMEOUT = "timeout",
  ERR_STREAM_WRITE_AFTER_END = "closed",
  ERR_STREAM_DESTROYED = "closed",
  ENOTFOUND = "host or service not provided, or not known",
  EAI_AGAIN = "temporary failure in name resolution",
  EAI_FAIL = "non-recoverable failure in name resolution",
  EAI_MEMORY = "memory allocation failure",
  EAI_ADDRFAMILY = "Address family for hostname not supported",
  EADDRNOTAVAIL = "Cannot assign requested address",
  EAFNOSUPPORT = "Address family not supported by protocol",
  EBADF = "Bad file descriptor",
  EHOSTUNREACH = "No route to host",
  EINVAL = "Invalid argument",
  EMFILE = "Too many open files",
  ENETUNREACH = "Network is unreachable",
  ENOENT = "No such file or directory",
  ENOTCONN = "Transport endpoint is not connected",
  EPERM = "Operation not permitted",
}

local reasons = { by_code = REASONS }

--- The text for an Error, or for anything else that was raised.
-- @param err
-- @treturn string
function reasons.of(err)
  if type(err) ~= "table" then return tostring(err) end
  local code = err.code
  -- Several addresses were tried: the first says why.
  if code == nil or REASONS[code] == nil then
    local list = rawget(err, "errors")
    local first = type(list) == "table" and list[1]
    if type(first) == "table" then return reasons.of(first) end
  end
  local reason = REASONS[code]
  if reason then return reason end
  return err.errno and core.strerror(err.errno) or tostring(err.message or err)
end

return reasons
