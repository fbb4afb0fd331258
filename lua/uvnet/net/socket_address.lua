--- net.SocketAddress: an IP address with a port, in one value.
--
-- Floor 6.

local args = require("uvnet.net.args")
local class = require("uvnet.base.class")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local lower = require("uvnet.base.plain").lower
local strict = require("uvnet.base.strict")

local MOST = 4294967295 -- of a flow label, as Node has it

local SocketAddress = class.new("SocketAddress")

-- See `net.strict`.
SocketAddress.knownOptions = strict.names("address family port flowlabel")

local getters = SocketAddress.__getters

local FAMILIES = { ipv4 = 4, ipv6 = 6 }

local function check_flowlabel(value)
  if type(value) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", "options.flowlabel", "number", value) end
  if value % 1 ~= 0 then errors.throw("ERR_OUT_OF_RANGE", "options.flowlabel", "an integer", value) end
  if value < 0 or value > MOST then
    errors.throw("ERR_OUT_OF_RANGE", "options.flowlabel", ">= 0 && <= 4294967295", value)
  end
  return math.floor(value)
end

--- Makes an address: `net.SocketAddress([options])`.
-- @tparam[opt] table options
-- @tparam[opt] string options.address `127.0.0.1`, or `::`
-- @tparam[opt="ipv4"] string options.family `ipv4` or `ipv6`
-- @tparam[opt=0] integer options.port
-- @tparam[opt=0] integer options.flowlabel of IPv6
-- @raise ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_ADDRESS, ERR_SOCKET_BAD_PORT, ERR_OUT_OF_RANGE
-- @see Node's net: new net.SocketAddress([options])
function SocketAddress:initialize(options)
  if options == nil then options = {} end
  if type(options) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options) end
  strict.check_constructor(self, options)
  local family = options.family == nil and "ipv4" or options.family
  local number = type(family) == "string" and FAMILIES[lower(family)]
  if not number then errors.throw("ERR_INVALID_ARG_VALUE", "options.family", options.family) end
  local address = options.address
  if address == nil then address = number == 4 and "127.0.0.1" or "::" end
  if type(address) ~= "string" then errors.throw("ERR_INVALID_ARG_TYPE", "options.address", "string", address) end
  local port = options.port == nil and 0 or args.checkPort(options.port, "options.port")
  local label = options.flowlabel == nil and 0 or check_flowlabel(options.flowlabel)
  address = core.canonicalAddress(address, number)
  if not address then errors.throw("ERR_INVALID_ADDRESS") end
  self._value = { address = address, port = port, family = number, flowlabel = number == 6 and label or 0 }
end

--- The address, as it is written usually.
function getters:address() return self._value.address end

--- The port.
function getters:port() return self._value.port end

--- `ipv4` or `ipv6`.
function getters:family() return self._value.family == 4 and "ipv4" or "ipv6" end

--- The flow label.
function getters:flowlabel() return self._value.flowlabel end

function SocketAddress.__instance.__newindex(self, key, value)
  if getters[key] then
    error(errors.TypeError(("Cannot set property %s of SocketAddress which has only a getter"):format(key)), 0)
  end
  rawset(self, key, value)
end

--- A plain table of what it is.
-- @treturn table
function SocketAddress:toJSON()
  return { address = self.address, port = self.port, family = self.family, flowlabel = self.flowlabel }
end

-- What `tostring` shows.
function SocketAddress:_describe()
  return (self.family == "ipv6" and "[%s]:%d" or "%s:%d"):format(self.address, self.port)
end

--- Is it one of these?
-- @param value anything
-- @treturn boolean
-- @see Node's net: SocketAddress.isSocketAddress(value)
function SocketAddress.isSocketAddress(value) return SocketAddress:isInstance(value) end

-- ---- parsing ----

local BASES = { { "^0[xX](%x*)$", 16 }, { "^0([0-7]+)$", 8 }, { "^(%d+)$", 10 } }

local function to_number(part)
  for _, base in ipairs(BASES) do
    local digits = part:match(base[1])
    if digits == "" then return 0 end
    if digits and not (base[2] == 10 and #part > 1 and part:sub(1, 1) == "0") then
      if #digits > 13 then return math.huge end
      return tonumber(digits, base[2])
    end
  end
end

-- IPv4 as URLs have it: one to four numbers, in base 8, 10 or 16, of which the last fills what the others leave.
local function url_ipv4(text)
  local numbers = {}
  for part in (text:gsub("%.$", "") .. "."):gmatch("([^.]*)%.") do
    local number = to_number(part)
    if not number then return nil end
    numbers[#numbers + 1] = number
  end
  local count = #numbers
  if count == 0 or count > 4 then return nil end
  local value = 0
  for i = 1, count do
    local most = i < count and 255 or 256 ^ (5 - count) - 1
    if numbers[i] > most then return nil end
    value = value + numbers[i] * (i < count and 256 ^ (4 - i) or 1)
  end
  local octets = {}
  for i = 4, 1, -1 do
    octets[i] = ("%d"):format(value % 256)
    value = math.floor(value / 256)
  end
  return table.concat(octets, ".")
end

--- Reads "address:port", the address of IPv6 in brackets; without a port that is 0. An address of IPv4 may be written
-- in any of the ways that URLs allow.
-- @tparam string input
-- @treturn ?SocketAddress nil for what is none
-- @raise ERR_INVALID_ARG_TYPE
-- @see Node's net: SocketAddress.parse(input)
function SocketAddress.parse(input)
  if type(input) ~= "string" then
    if input == SocketAddress then errors._checkDot("net.SocketAddress.parse(input)") end
    errors.throw("ERR_INVALID_ARG_TYPE", "input", "string", input)
  end
  local host, port = input:match("^(%b[]):?(%d*)$")
  local family = host and "ipv6"
  if host then
    if input:find("%]%d") then return nil end
    host = host:sub(2, -2)
    if host:find("%", 1, true) then return nil end
  else
    host, port = input:match("^([^:]*):?(%d*)$")
    host = host and url_ipv4(host)
    family = "ipv4"
  end
  if not host then return nil end
  port = port == "" and 0 or tonumber(port)
  if port > 65535 then return nil end
  local number = FAMILIES[family]
  if not core.canonicalAddress(host, number) then return nil end
  return SocketAddress({ address = host, port = math.floor(port), family = family })
end

return SocketAddress
