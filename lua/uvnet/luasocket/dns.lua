--- LuaSocket's `dns`: names and addresses.
--
-- Floor 14.

local core = require("uvnet.core")
local lookup = require("uvnet.dns").lookup
local reasons = require("uvnet.luasocket.reasons")
local waiting = require("uvnet.luasocket.waiting")

local dns = {}

local FAMILIES = { [4] = "inet", [6] = "inet6" }

--- Waits for the addresses of a host.
-- @tparam string host
-- @tparam ?integer family
-- @treturn ?table a list of `{ address = …, family = … }`
-- @treturn ?string why there are none
function dns.addresses(host, family)
  local place = {}
  local ok, raised = pcall(lookup, host, { all = true, family = family or 0 }, function(err, list)
    place.answered, place.err, place.list = true, err, list
    waiting.changed(place)
  end)
  if not ok then return nil, reasons.of(raised) end
  while not place.answered do
    waiting.wait(place)
  end
  if place.err then return nil, reasons.of(place.err) end
  return place.list
end

-- Waits for the name of an address, and that of the service at a port.
local function name_of(address, port, required)
  local place = {}
  local ok, code = core.getnameinfo(address, port, required, function(...)
    place.answered, place.err, place.host, place.service = true, ...
    waiting.changed(place)
  end)
  if not ok then return nil, reasons.of({ code = code }) end
  while not place.answered do
    waiting.wait(place)
  end
  if place.err then return nil, "host not found" end
  return place.host, place.service
end

dns.public = {}
local public = dns.public

local function check_name(name, value)
  if type(value) == "string" or type(value) == "number" then return tostring(value) end
  local got = value == nil and "no value" or type(value)
  return error(("bad argument #1 to '%s' (string expected, got %s)"):format(name, got), 3)
end

--- The addresses of a host, in the order in which they are to be tried.
-- @tparam string host
-- @treturn ?table a list of `{ family = "inet" or "inet6", addr = … }`
-- @treturn ?string why there are none
function public.getaddrinfo(host)
  local list, reason = dns.addresses(check_name("getaddrinfo", host))
  if not list then return nil, reason end
  local result = {}
  for i = 1, #list do
    result[i] = { family = FAMILIES[list[i].family], addr = list[i].address }
  end
  return result
end

--- The IPv4 address of a host.
-- @tparam string host
-- @treturn ?string
-- @treturn table|string `{ name = …, alias = {}, ip = { … } }`, or why there is none
function public.toip(host)
  host = check_name("toip", host)
  local list = dns.addresses(host, 4)
  if not list then return nil, "host not found" end
  local all = {}
  for i = 1, #list do
    if list[i].family == 4 then all[#all + 1] = list[i].address end
  end
  if not all[1] then return nil, "host not found" end
  return all[1], { name = host, alias = {}, ip = all }
end

--- The name of an address.
-- @tparam string address an IPv4 address or a name
-- @treturn ?string
-- @treturn table|string as of `toip`, or why there is none
function public.tohostname(address)
  address = check_name("tohostname", address)
  if core.isIP(address) == 0 then
    local list = dns.addresses(address, 4)
    if not list then return nil, "host not found" end
    address = list[1].address
  end
  local host, reason = name_of(address, 0, true)
  if not host then return nil, reason end
  return host, { name = host, alias = {}, ip = { address } }
end

--- The name of an address, and of the service at a port.
-- @tparam string address an IP address
-- @tparam[opt] integer port
-- @treturn ?table a list with the name, or the address if it has none
-- @treturn string of the service, or why there is nothing
function public.getnameinfo(address, port)
  address = check_name("getnameinfo", address)
  local host, service = name_of(address, math.floor(tonumber(port) or 0) % 65536, false)
  if not host then return nil, service end
  return { host }, service
end

--- What this machine is called.
-- @treturn string
function public.gethostname() return core.hostname() end

return dns
