---@meta uvnet.dns

---Looking up host names, by the system's `getaddrinfo` in a thread.
---
---```lua
---net.dns.lookup("127.0.0.1", function(err, address, family)
---  print(err, address, family)  --> nil	127.0.0.1	4
---end)
---```
---@class net.dns
---@field ADDRCONFIG integer A hint: only families of which this machine has an address.
---@field V4MAPPED integer A hint: with family 6, IPv4 addresses in IPv6 form where there are no others.
---@field ALL integer A hint: with `V4MAPPED`, both.
local dns = {}

---Looks up a host name. An IP address is answered as it is.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`. An unknown name is `ENOTFOUND`, as the callback's first
---argument.
---
---In Node.js: `dns.lookup(hostname[, options], callback)`
---@param hostname string
---@param options net.LookupOptions|0|4|6 a number is the family
---@param callback fun(err: net.Error?, address: string|net.LookupAddress[]|nil, family: 4|6|nil)
---@overload fun(hostname: string, callback: fun(err: net.Error?, address: string?, family: 4|6|nil))
function dns.lookup(hostname, options, callback) end

---Options of `lookup`.
---@class net.LookupOptions
---@field family? 0|4|6 0 for both (default 0)
---@field hints? integer a sum of `ADDRCONFIG`, `V4MAPPED` and `ALL` (default 0)
---@field signal? net.AbortSignal ends it: the callback gets an `AbortError`
---@field all? boolean answer with a list of all addresses? (default false: with the first one)

---One of the addresses that `lookup` finds.
---@class net.LookupAddress
---@field address string
---@field family 4|6

return dns
