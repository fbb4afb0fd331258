--- net.BlockList: rules that say which addresses are blocked.
--
-- The rules are the core's; here is what may be asked of them, and in which forms.
--
-- Floor 7.

local SocketAddress = require("uvnet.net.socket_address")
local class = require("uvnet.base.class")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local lower = require("uvnet.base.plain").lower
local json_strings = require("uvnet.net.json_strings")

local BlockList = class.new("BlockList")
local INSTANCE = BlockList.__instance
local check = core.blockList().check

--- What leads nowhere outside: private, loopback and link-local addresses, for `addCIDRs`.
BlockList.PRIVATE_RANGES = {
  "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", -- RFC 1918
  "127.0.0.0/8", "::1/128", -- loopback
  "169.254.0.0/16", "fe80::/10", -- link-local
  "fc00::/7", -- unique local
}

local FAMILIES = { ipv4 = 4, ipv6 = 6, IPv4 = 4, IPv6 = 6 }

local function check_string(value, name)
  if type(value) ~= "string" then errors.throw("ERR_INVALID_ARG_TYPE", name, "string", value) end
end

local function check_list(value, name)
  local metatable = getmetatable(value)
  if type(value) ~= "table" or type(metatable) == "table" and rawget(metatable, "class") then
    errors.throw("ERR_INVALID_ARG_TYPE", name, "Array", value)
  end
end

local function check_self(self, call)
  if getmetatable(self) ~= INSTANCE and not BlockList.isBlockList(self) then
    errors.throw("ERR_INVALID_THIS", call, self)
  end
end

--- Makes a list without rules: `net.BlockList()`.
-- @see Node's net: Class: net.BlockList
function BlockList:initialize() self._rules = core.blockList() end

--- Is it a list of these?
-- @param value anything
-- @treturn boolean
-- @see Node's net: BlockList.isBlockList(value)
function BlockList.isBlockList(value) return BlockList:isInstance(value) end

-- What an argument means: an address, and its family, 4 or 6. `name` is the argument's.
local function address_of(value, family, name)
  if SocketAddress.isSocketAddress(value) then return value.address, value._value.family end
  check_string(value, name)
  if family == nil then family = "ipv4" end
  check_string(family, "family")
  local number = FAMILIES[family] or FAMILIES[lower(family)]
  if not number then errors.throw("ERR_INVALID_ARG_VALUE", "options.family", family) end
  if not core.canonicalAddress(value, number) then errors.throw("ERR_INVALID_ADDRESS") end
  return value, number
end

local function check_prefix(prefix, family)
  if type(prefix) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", "prefix", "number", prefix) end
  if prefix % 1 ~= 0 then errors.throw("ERR_OUT_OF_RANGE", "prefix", "an integer", prefix) end
  local most = family == 4 and 32 or 128
  if prefix < 0 or prefix > most then
    errors.throw("ERR_OUT_OF_RANGE", "prefix", (">= 0 && <= %d"):format(most), prefix)
  end
  return math.floor(prefix)
end

-- ---- what rules are made of ----

local function address_rule(address, family, name)
  local text, number = address_of(address, family, name or "address")
  return { text, number }
end

local function range_rule(from, to, family)
  local text, number = address_of(from, family, "start")
  local last, its_number = address_of(to, family, "end")
  return { text, number, last, its_number, start = from }
end

local function subnet_rule(network, prefix, family)
  local text, number = address_of(network, family, "network")
  return { text, number, check_prefix(prefix, number) }
end

local function cidr_rule(cidr, name)
  check_string(cidr, name or "cidr")
  local address, digits = cidr:match("^(.*)/([^/]*)$")
  if not address then
    errors.throw("ERR_INVALID_ARG_VALUE", "cidr", cidr, 'must contain a prefix length (e.g. "10.0.0.0/8")')
  end
  if not (digits == "0" or digits:find("^%-?[1-9]%d*$") and #digits < 16) then
    errors.throw("ERR_INVALID_ARG_VALUE", "cidr", cidr, "prefix length must be a valid integer")
  end
  return subnet_rule(address, tonumber(digits), address:find(":", 1, true) and "ipv6" or "ipv4")
end

local function add(self, rule)
  if self._rules:add(rule[1], rule[2], rule[3], rule[4]) == false then
    errors.throw("ERR_INVALID_ARG_VALUE", "start", rule.start, "must come before end")
  end
end

local function remove(self, rule) self._rules:remove(rule[1], rule[2], rule[3], rule[4]) end

-- All are looked at before the first is added: `to_rule(value, type, name)`.
local function add_all(self, list, name, to_rule, type)
  check_list(list, name)
  local rules = {}
  for i = 1, #list do
    rules[i] = to_rule(list[i], type, ("%s[%d]"):format(name, i - 1))
  end
  for i = 1, #rules do
    add(self, rules[i])
  end
end

-- ---- methods ----

-- A form of rule: the method that adds one, and the one that takes it away. `call` is how both are called.
local function define(form, call, to_rule)
  for verb, act in pairs({ add = add, remove = remove }) do
    local said = ("blockList:%s%s"):format(verb, call)
    BlockList[verb .. form] = function(self, one, two, three)
      check_self(self, said)
      act(self, to_rule(one, two, three))
    end
  end
end

--- Blocks an address.
-- @function BlockList:addAddress
-- @tparam string|SocketAddress address
-- @tparam[opt="ipv4"] string type `ipv4` or `ipv6`
-- @raise ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_ADDRESS
-- @see Node's net: blockList.addAddress(address[, type])

--- Takes a rule of `addAddress` away, if there is one.
-- @function BlockList:removeAddress
-- @tparam string|SocketAddress address
-- @tparam[opt="ipv4"] string type
-- @raise as addAddress
-- @see Node's net: blockList.removeAddress(address[, type])
define("Address", "Address(address)", function(address, family) return address_rule(address, family) end)

--- Blocks all addresses from one to another, both included.
-- @function BlockList:addRange
-- @tparam string|SocketAddress from
-- @tparam string|SocketAddress to
-- @tparam[opt="ipv4"] string type
-- @raise as addAddress; ERR_INVALID_ARG_VALUE where `from` comes after `to`
-- @see Node's net: blockList.addRange(start, end[, type])

--- Takes a rule of `addRange` with just these ends away, if there is one.
-- @function BlockList:removeRange
-- @tparam string|SocketAddress from
-- @tparam string|SocketAddress to
-- @tparam[opt="ipv4"] string type
-- @raise as addAddress
-- @see Node's net: blockList.removeRange(start, end[, type])
define("Range", "Range(from, to)", range_rule)

--- Blocks a subnet.
-- @function BlockList:addSubnet
-- @tparam string|SocketAddress network any address in it
-- @tparam integer prefix how many bits all have in common: up to 32, of IPv6 up to 128
-- @tparam[opt="ipv4"] string type
-- @raise as addAddress; ERR_OUT_OF_RANGE
-- @see Node's net: blockList.addSubnet(net, prefix[, type])

--- Takes a rule of `addSubnet` with just this address and prefix away, if there is one.
-- @function BlockList:removeSubnet
-- @tparam string|SocketAddress network
-- @tparam integer prefix
-- @tparam[opt="ipv4"] string type
-- @raise as addSubnet
-- @see Node's net: blockList.removeSubnet(net, prefix[, type])
define("Subnet", "Subnet(network, prefix)", subnet_rule)

--- Blocks a subnet in CIDR notation, such as `10.0.0.0/8` or `2001:db8::/32`.
-- @function BlockList:addCIDR
-- @tparam string cidr
-- @raise as addSubnet
-- @see Node's net: blockList.addCIDR(cidr)

--- Takes a rule of `addCIDR` away, if there is one.
-- @function BlockList:removeCIDR
-- @tparam string cidr
-- @raise as addSubnet
-- @see Node's net: blockList.removeCIDR(cidr)
define("CIDR", "CIDR(cidr)", function(cidr) return cidr_rule(cidr) end)

--- Blocks each of a list of addresses, or none if one of them is wrong.
-- @tparam {string|SocketAddress,...} addresses
-- @tparam[opt="ipv4"] string type
-- @raise as addAddress
-- @see Node's net: blockList.addAddresses(addresses[, type])
function BlockList:addAddresses(addresses, type)
  check_self(self, "blockList:addAddresses(addresses)")
  add_all(self, addresses, "addresses", address_rule, type)
end

--- Blocks each of a list of subnets, or none if one of them is wrong.
-- @tparam {string,...} cidrs
-- @raise as addSubnet
-- @see Node's net: blockList.addCIDRs(cidrs)
function BlockList:addCIDRs(cidrs)
  check_self(self, "blockList:addCIDRs(cidrs)")
  add_all(self, cidrs, "cidrs", function(cidr, _, name) return cidr_rule(cidr, name) end)
end

--- Is an address blocked? One of IPv4 that is mapped into IPv6 is, if it itself is. What is no address is not.
-- @tparam string|SocketAddress address
-- @tparam[opt="ipv4"] string type
-- @treturn boolean
-- @raise ERR_INVALID_ARG_TYPE
-- @see Node's net: blockList.check(address[, type])
function BlockList:check(address, type_of_it)
  if getmetatable(self) ~= INSTANCE then check_self(self, "blockList:check(address)") end
  if type(address) == "string" then
    local family = FAMILIES[type_of_it == nil and "ipv4" or type_of_it]
    if not family then
      check_string(type_of_it, "family")
      family = FAMILIES[lower(type_of_it)] or 6
    end
    return check(self._rules, address, family)
  end
  if not SocketAddress.isSocketAddress(address) then check_string(address, "address") end
  return self._rules:check(address.address, address._value.family)
end

--- Takes all rules away.
-- @see Node's net: blockList.clear()
function BlockList:clear()
  check_self(self, "blockList:clear()")
  self._rules:clear()
end

--- The rules as texts, of each kind the newest first: what `fromJSON` takes.
-- @treturn {string,...}
-- @see Node's net: blockList.toJSON()
function BlockList:toJSON()
  check_self(self, "blockList:toJSON()")
  return self._rules:rules()
end

-- A rule of its text; nil where it is none. As in Node there may be something before and behind it.
local function rule_of_text(text)
  local network, prefix = text:match("Subnet: IPv4 (%d+%.%d+%.%d+%.%d+)/(%d%d?)")
  if network then return subnet_rule(network, tonumber(prefix)) end
  local address = text:match("Address: IPv4 (%d+%.%d+%.%d+%.%d+)")
  if address then return address_rule(address) end
  local from, to = text:match("Range: IPv4 (%d+%.%d+%.%d+%.%d+)%-(%d+%.%d+%.%d+%.%d+)")
  if from then return range_rule(from, to) end
  network, prefix = text:match("Subnet: IPv6 ([%x:.]+)/(%d%d?%d?)")
  if network then return subnet_rule(network, tonumber(prefix), "ipv6") end
  address = text:match("Address: IPv6 ([%x:.]+)")
  if address then return address_rule(address, "ipv6") end
  from, to = text:match("Range: IPv6 ([%x:.]+)%-([%x:.]+)")
  if from then return range_rule(from, to, "ipv6") end
end

local function check_texts(list, given)
  local is_list = type(list) == "table"
  for i = 1, is_list and #list or 0 do
    is_list = is_list and type(list[i]) == "string"
  end
  if not is_list or #list == 0 and next(list) ~= nil then
    errors.throw("ERR_INVALID_ARG_TYPE", "data", { "string", "string[]" }, given)
  end
end

--- Adds rules as `toJSON` gives them; texts that are no rules are let pass.
-- @tparam {string,...}|string data a list of texts, or the JSON of one
-- @raise ERR_INVALID_ARG_TYPE; a SyntaxError for what is no JSON; as the rules' methods
-- @see Node's net: blockList.fromJSON(value)
function BlockList:fromJSON(data)
  check_self(self, "blockList:fromJSON(data)")
  local list = data
  if type(data) == "string" then list = json_strings(data) end
  check_texts(list, list == nil and data or list)
  local rules = {}
  for i = 1, #list do
    rules[#rules + 1] = rule_of_text(list[i])
  end
  for i = 1, #rules do
    add(self, rules[i])
  end
end

--- The rules as texts.
function BlockList.__getters:rules() return self._rules:rules() end

--- How many rules there are.
function BlockList.__getters:size() return self._rules:size() end

-- What `tostring` shows.
function BlockList:_describe() return ("%d rule%s"):format(self.size, self.size == 1 and "" or "s") end

return BlockList
