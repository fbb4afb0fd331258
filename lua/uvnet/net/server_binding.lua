--- Makes the handles that a server listens on. Each maker gives a handle, or nil and the status of what was refused: a
-- table with `code`, `errno` and `text`.
--
-- Floor 8.

local core = require("uvnet.core")

local binding = {}

--- A status.
function binding.refused(code, errno, text) return { code = code, errno = errno, text = text } end

-- Makes a handle and calls a method of it: bind it, or open a descriptor.
local function make(new, method, ...)
  local handle, code, errno, text = new()
  if not handle then return nil, binding.refused(code, errno, text) end
  local ok
  ok, code, errno, text = handle[method](handle, ...)
  if ok then return handle end
  handle:close()
  return nil, binding.refused(code, errno, text)
end

--- @tparam table options `ipv6Only`, `reusePort`
function binding.tcp(address, port, options)
  return make(core.tcp, "bind", address, port, options.ipv6Only and true, options.reusePort == true)
end

--- No address: all of IPv6, which mostly means IPv4 too, or all of IPv4 where there is no IPv6. Its second result is
-- the address.
function binding.any(port, options)
  local handle = binding.tcp("::", port, options)
  if handle then return handle, "::" end
  local status
  handle, status = binding.tcp("0.0.0.0", port, { reusePort = options.reusePort })
  return handle, handle and "0.0.0.0" or status
end

function binding.path(path) return make(core.pipe, "bindPath", path) end

function binding.descriptor(fd)
  local kind = core.fdType(fd)
  if kind == "TCP" then return make(core.tcp, "open", fd) end
  if kind == "PIPE" then return make(core.pipe, "open", fd) end
  local errno = core.errno("EINVAL")
  local code, text = core.strerror(errno)
  return nil, binding.refused(code, errno, text)
end

return binding
