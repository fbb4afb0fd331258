--- A port whose handle the workers share: the system gives the connections to whoever takes them.
--
-- Floor 10.

local makers = require("uvnet.net.server_listening").makers
local class = require("uvnet.base.class")
local core = require("uvnet.core")

local SharedHandle = class.new("SharedHandle")

local function bind(address, query)
  if query.fd and query.fd >= 0 then return makers.descriptor(query.fd) end
  if query.port and query.port >= 0 then
    local ipv6_only = query.ipv6Only or query.flags == 1
    if not address or address == "" then return makers.any(query.port, { ipv6Only = ipv6_only }) end
    return makers.tcp(address, query.port, { ipv6Only = ipv6_only })
  end
  local handle, status = makers.path(address)
  if handle and (query.readableAll or query.writableAll) then
    local ok, code, errno, text = handle:chmod(query.readableAll == true, query.writableAll == true)
    if not ok then
      handle:close()
      return nil, makers.refused(code, errno, text)
    end
  end
  return handle, status
end

-- libuv tells of a port that is taken only when it is listened on; then the worker would listen on another one.
local function is_taken(handle, port)
  if not handle:isTcp() or not port or port <= 0 then return false end
  local _, bound = handle:sockname()
  return bound ~= port
end

function SharedHandle:initialize(key, address, query)
  self.key = key
  self.workers = {}
  self.errno = 0
  local handle, status = bind(address, query)
  if handle and not (query.fd and query.fd >= 0) and is_taken(handle, query.port) then
    handle:close()
    self.errno = core.errno("EADDRINUSE")
  elseif handle then
    self.handle = handle
  else
    self.errno = status.errno
  end
end

function SharedHandle:add(worker, answer)
  self.workers[worker.id] = worker
  answer(self.errno ~= 0 and self.errno or nil, {}, self.handle)
end

function SharedHandle:has(worker) return self.workers[worker.id] ~= nil end

function SharedHandle:remove(worker)
  if not self.workers[worker.id] then return false end
  self.workers[worker.id] = nil
  if next(self.workers) ~= nil then return false end
  if self.handle then self.handle:close() end
  self.handle = nil
  return true
end

return SharedHandle
