---@meta uvnet.block_list

---Rules that say which addresses are blocked: the option `blockList` of servers and sockets. A check takes about a
---microsecond, however many rules there are.
---
---```lua
---local list = net.BlockList()
---list:addAddress("123.123.123.123")
---list:addRange("10.0.0.1", "10.0.0.10")
---list:addCIDR("8592:757c:efae:4e45::/64")
---print(list:check("10.0.0.3"), list:check("222.111.111.222"))  --> true	false
---print(list:check("::ffff:123.123.123.123", "ipv6"))           --> true
---```
---
---In Node.js: `Class: net.BlockList`
---@class net.BlockList: net.Class
---@field rules string[] The rules as texts, of each kind the newest first. Each time a new list.
---@field size integer How many rules there are.
---@field PRIVATE_RANGES string[] Private, loopback and link-local addresses, for `addCIDRs`. Of the class.
---@overload fun(): net.BlockList
local BlockList = {}

---Called by the constructor: a list without rules.
function BlockList:initialize() end

---Blocks an address.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_INVALID_ADDRESS`.
---
---In Node.js: `blockList.addAddress(address[, type])`
---@param address string|net.SocketAddress
---@param type? "ipv4"|"ipv6" of a string: `"ipv4"` if it is not given
function BlockList:addAddress(address, type) end

---Blocks each of a list of addresses, or none if one of them is wrong.
---
---In Node.js: `blockList.addAddresses(addresses[, type])`
---@param addresses (string|net.SocketAddress)[]
---@param type? "ipv4"|"ipv6" of strings: `"ipv4"` if it is not given
function BlockList:addAddresses(addresses, type) end

---Blocks all addresses from one to another, both included. Raises `ERR_INVALID_ARG_VALUE` where they are the wrong way
---round.
---
---In Node.js: `blockList.addRange(start, end[, type])`
---@param from string|net.SocketAddress
---@param to string|net.SocketAddress
---@param type? "ipv4"|"ipv6" of strings: `"ipv4"` if it is not given
function BlockList:addRange(from, to, type) end

---Blocks a subnet. Raises `ERR_OUT_OF_RANGE` for a prefix that is too long.
---
---In Node.js: `blockList.addSubnet(net, prefix[, type])`
---@param network string|net.SocketAddress any address in it
---@param prefix integer how many bits its addresses have in common: up to 32, of IPv6 up to 128
---@param type? "ipv4"|"ipv6" of a string: `"ipv4"` if it is not given
function BlockList:addSubnet(network, prefix, type) end

---Blocks a subnet in CIDR notation.
---
---In Node.js: `blockList.addCIDR(cidr)`
---@param cidr string such as `10.0.0.0/8` or `2001:db8::/32`
function BlockList:addCIDR(cidr) end

---Blocks each of a list of subnets, or none if one of them is wrong.
---
---In Node.js: `blockList.addCIDRs(cidrs)`
---@param cidrs string[]
function BlockList:addCIDRs(cidrs) end

---Takes a rule of `addAddress` away, if there is one.
---
---In Node.js: `blockList.removeAddress(address[, type])`
---@param address string|net.SocketAddress
---@param type? "ipv4"|"ipv6" of a string: `"ipv4"` if it is not given
function BlockList:removeAddress(address, type) end

---Takes a rule of `addRange` with just these ends away, if there is one.
---
---In Node.js: `blockList.removeRange(start, end[, type])`
---@param from string|net.SocketAddress
---@param to string|net.SocketAddress
---@param type? "ipv4"|"ipv6" of strings: `"ipv4"` if it is not given
function BlockList:removeRange(from, to, type) end

---Takes a rule of `addSubnet` with just this address and prefix away, if there is one.
---
---In Node.js: `blockList.removeSubnet(net, prefix[, type])`
---@param network string|net.SocketAddress
---@param prefix integer
---@param type? "ipv4"|"ipv6" of a string: `"ipv4"` if it is not given
function BlockList:removeSubnet(network, prefix, type) end

---Takes a rule of `addCIDR` away, if there is one.
---
---In Node.js: `blockList.removeCIDR(cidr)`
---@param cidr string
function BlockList:removeCIDR(cidr) end

---Is an address blocked? One of IPv4 that is mapped into IPv6 is, if it itself is. What is no address is not.
---
---In Node.js: `blockList.check(address[, type])`
---@param address string|net.SocketAddress
---@param type_of_it? "ipv4"|"ipv6" of a string: `"ipv4"` if it is not given
---@return boolean
function BlockList:check(address, type_of_it) end

---Takes all rules away.
---
---In Node.js: `blockList.clear()`
function BlockList:clear() end

---The rules as texts: what `fromJSON` takes.
---
---In Node.js: `blockList.toJSON()`
---@return string[]
function BlockList:toJSON() end

---Adds rules as `toJSON` gives them; texts that are no rules are let pass. Raises a SyntaxError for what is no JSON.
---
---In Node.js: `blockList.fromJSON(value)`
---@param data string[]|string a list of texts, or the JSON of one
function BlockList:fromJSON(data) end

---Is a value a list of these? Of the class.
---
---In Node.js: `BlockList.isBlockList(value)`
---@param value any
---@return boolean
function BlockList.isBlockList(value) end

---An IP address with a port in one value, that does not change.
---
---```lua
---local address = net.SocketAddress.parse("[2001:db8::1]:8124")
---print(address.address, address.port, address.family)  --> 2001:db8::1	8124	ipv6
---```
---
---In Node.js: `Class: net.SocketAddress`
---@class net.SocketAddress: net.Class
---@field address string As it is written usually.
---@field port integer From 0 to 65535.
---@field family "ipv4"|"ipv6" The kind of its address.
---@field flowlabel integer Of IPv6: its flow label.
---@overload fun(options?: net.SocketAddressOptions): net.SocketAddress
local SocketAddress = {}

---What `net.SocketAddress` takes.
---@class net.SocketAddressOptions
---@field address? string `127.0.0.1` if it is not given, of IPv6 `::`
---@field family? "ipv4"|"ipv6" `"ipv4"` if it is not given
---@field port? integer 0 if it is not given
---@field flowlabel? integer of IPv6

---Called by the constructor.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_INVALID_ADDRESS`, `ERR_SOCKET_BAD_PORT`,
---`ERR_OUT_OF_RANGE`.
---
---In Node.js: `new net.SocketAddress([options])`
---@param options? net.SocketAddressOptions
function SocketAddress:initialize(options) end

---A plain table of what it is.
---@return net.SocketAddressOptions
function SocketAddress:toJSON() end

---Is a value one of these? Of the class.
---@param value any
---@return boolean
function SocketAddress.isSocketAddress(value) end

---Reads "address:port", an address of IPv6 in brackets. Of the class.
---
---In Node.js: `SocketAddress.parse(input)`
---@param input string such as `1.2.3.4:80` or `[::1]:80`; without a port it is 0
---@return net.SocketAddress? # nil for what is none
function SocketAddress.parse(input) end

---A socket that is bound, and not used yet: `net.BoundSocket([options])`. A server takes it over by `listen(bound)`, a
---socket by `net.Socket({ handle = bound })`. Until then it has to be closed, as anything that is open.
---
---```lua
---local bound = net.BoundSocket({ host = "127.0.0.1" })
---print(bound:address().port > 0)  --> true
---local server = net.createServer()
---server:listen(bound, function() server:close() end)
---```
---
---In Node.js: `Class: net.BoundSocket`
---@class net.BoundSocket: net.Class
---@field isPipe boolean Is it one of a path?
---@overload fun(options?: net.BoundSocketOptions): net.BoundSocket
local BoundSocket = {}

---What `net.BoundSocket` takes.
---@class net.BoundSocketOptions
---@field host? string an IP address: `0.0.0.0` if it is not given, `::` with `ipv6Only`
---@field port? integer 0, which it is if it is not given, is any port that is free
---@field ipv6Only? boolean no IPv4 on `::` (default false)
---@field reusePort? boolean may others bind to the same port? (default false)
---@field path? string of a unix socket or named pipe; without all others

---Called by the constructor.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_SOCKET_BAD_PORT`, and what the system refuses.
---
---In Node.js: `new net.BoundSocket([options])`
---@param options? net.BoundSocketOptions
function BoundSocket:initialize(options) end

---Where it is bound. Raises `ERR_SOCKET_HANDLE_ADOPTED` once it was taken over or closed.
---
---In Node.js: `boundSocket.address()`
---@return { address: string, family: "IPv4"|"IPv6", port: integer }|string where a path of one
function BoundSocket:address() end

---Its file descriptor, to look at only. Raises `ERR_SOCKET_HANDLE_ADOPTED`.
---
---In Node.js: `boundSocket.fd()`
---@return integer fd -1 where there are none
function BoundSocket:fd() end

---Closes it. Raises `ERR_SOCKET_HANDLE_ADOPTED`.
---
---In Node.js: `boundSocket.close()`
function BoundSocket:close() end

return BlockList
