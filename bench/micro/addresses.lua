-- What one question about an address costs, counted by bench/check.
-- usage: lua bench/micro/addresses.lua isip|blocked COUNT

local net = require("net")

local what, count = arg[1], tonumber(arg[2])
local ADDRESSES = { "192.168.17.4", "10.1.2.3", "2001:db8::8a2e:370:7334", "::ffff:10.1.2.3" }
local FAMILIES = { "ipv4", "ipv4", "ipv6", "ipv6" }
local RULES = 100000

if what == "isip" then
  for i = 1, count do
    assert(net.isIP(ADDRESSES[i % 4 + 1]) > 0)
  end
elseif what == "blocked" then
  local list, subnets = net.BlockList(), {}
  for i = 0, RULES - 1 do
    subnets[i + 1] = ("%d.%d.%d.0/24"):format(11 + math.floor(i / 65536), math.floor(i / 256) % 256, i % 256)
  end
  list:addCIDRs(subnets)
  for i = 1, count do
    list:check(ADDRESSES[i % 4 + 1], FAMILIES[i % 4 + 1])
  end
end
