--- net.BlockList and net.SocketAddress.

local net = require("net")
local raised = require("spec.support.raised")
local testing = require("uvnet.testing")

local BlockList, SocketAddress = net.BlockList, net.SocketAddress

local function sorted(list)
  table.sort(list)
  return list
end

describe("net.SocketAddress", function()
  testing.leakCheck(before_each, after_each)

  it("has defaults, by the family", function()
    local address = SocketAddress()
    assert.same({ address = "127.0.0.1", port = 0, family = "ipv4", flowlabel = 0 }, address:toJSON())
    address = SocketAddress({ family = "IPv6" })
    assert.same({ "::", 0, "ipv6", 0 }, { address.address, address.port, address.family, address.flowlabel })
  end)

  it("tells what it was given, in the usual form", function()
    local address = SocketAddress({ address = "2001:0DB8::0001", family = "ipv6", port = "80", flowlabel = 7 })
    assert.same({ address = "2001:db8::1", port = 80, family = "ipv6", flowlabel = 7 }, address:toJSON())
    assert.truthy(tostring(address):find("(%[2001:db8::1%]:80)"))
    assert.equal("fe80::1", SocketAddress({ address = "fe80::1%lo", family = "ipv6" }).address)
    assert.equal(0, SocketAddress({ flowlabel = 7 }).flowlabel)
  end)

  it("cannot be changed", function()
    for _, field in ipairs({ "address", "port", "family", "flowlabel" }) do
      assert.equal("TypeError", raised(function() SocketAddress()[field] = 1 end).name)
    end
  end)

  it("refuses what is none", function()
    local function code(options) return raised(SocketAddress, options).code end
    for _, wrong in ipairs({ 5, "x", true }) do
      assert.equal("ERR_INVALID_ARG_TYPE", code(wrong))
    end
    for _, family in ipairs({ "x", 5, false }) do
      assert.equal("ERR_INVALID_ARG_VALUE", code({ family = family }))
    end
    assert.equal("ERR_INVALID_ARG_TYPE", code({ address = 5 }))
    for _, address in ipairs({ "::1", "", "localhost", "127.0.0.1 ", "127.0.0.1\0", "127.1", "127.0.0.01" }) do
      assert.equal("ERR_INVALID_ADDRESS", code({ address = address }))
    end
    assert.equal("ERR_INVALID_ADDRESS", code({ address = "127.0.0.1", family = "ipv6" }))
    for _, port in ipairs({ -1, 65536, 1.5, "x", "" }) do
      assert.equal("ERR_SOCKET_BAD_PORT", code({ port = port }))
    end
    assert.equal("ERR_INVALID_ARG_TYPE", code({ flowlabel = "1" }))
    for _, label in ipairs({ -1, 1.5, 4294967296, 0 / 0 }) do
      assert.equal("ERR_OUT_OF_RANGE", code({ flowlabel = label }))
    end
  end)

  it("says what is one", function()
    assert.is_true(SocketAddress.isSocketAddress(SocketAddress()))
    for _, value in ipairs({ {}, "127.0.0.1", 1 }) do
      assert.is_false(SocketAddress.isSocketAddress(value))
    end
    assert.is_false(SocketAddress.isSocketAddress())
  end)

  it("parses an address with its port", function()
    for input, expected in pairs({
      ["1.2.3.4"] = { "1.2.3.4", 0, "ipv4" },
      ["1.2.3.4:80"] = { "1.2.3.4", 80, "ipv4" },
      ["1.2.3.4:"] = { "1.2.3.4", 0, "ipv4" },
      ["1.2.3.4:008"] = { "1.2.3.4", 8, "ipv4" },
      ["192.168.257:1"] = { "192.168.1.1", 1, "ipv4" },
      ["256"] = { "0.0.1.0", 0, "ipv4" },
      ["999999999:12"] = { "59.154.201.255", 12, "ipv4" },
      ["0xffffffff"] = { "255.255.255.255", 0, "ipv4" },
      ["0x.0x.0"] = { "0.0.0.0", 0, "ipv4" },
      ["017.1"] = { "15.0.0.1", 0, "ipv4" },
      ["[1:0::]"] = { "1::", 0, "ipv6" },
      ["[1::8]:123"] = { "1::8", 123, "ipv6" },
      ["[::ffff:1.2.3.4]:65535"] = { "::ffff:1.2.3.4", 65535, "ipv6" },
    }) do
      local got = SocketAddress.parse(input)
      assert.same(expected, { got.address, got.port, got.family }, input)
    end
    for _, input in ipairs({
      "", "x", "abc.123", "259.1.1.1", "12:12:12", "::1", "[::1", "[::1]x", "[::1]5", "[1.2.3.4]:80", "1.2.3.4:65536",
      "1.2.3.4:x", "localhost:80", " 1.2.3.4", "1.2.3.4.5", "4294967296", "08.1.1.1", "[fe80::1%lo]:80", "1..2", "0x1g",
    }) do
      assert.is_nil(SocketAddress.parse(input), input)
    end
    assert.equal("ERR_INVALID_ARG_TYPE", raised(SocketAddress.parse, 5).code)
  end)
end)

describe("net.BlockList", function()
  testing.leakCheck(before_each, after_each)

  local list
  before_each(function() list = BlockList() end)

  it("blocks nothing, at first", function()
    assert.is_false(list:check("127.0.0.1"))
    assert.is_false(list:check("::1", "ipv6"))
    assert.equal(0, list.size)
    assert.same({}, list.rules)
    assert.is_true(BlockList.isBlockList(list))
    assert.is_false(BlockList.isBlockList({}))
    assert.is_false(BlockList.isBlockList())
    assert.truthy(tostring(list):find("BlockList: .* %(0 rules%)"))
  end)

  it("blocks addresses, ranges and subnets", function()
    list:addAddress("1.1.1.1")
    list:addAddress("::1", "ipv6")
    list:addRange("2.2.2.2", "2.2.3.1")
    list:addRange("fd00::1", "fd00::9", "IPv6")
    list:addSubnet("10.9.8.7", 8)
    list:addSubnet("2001:db8::", 32, "ipv6")
    for _, address in ipairs({ "1.1.1.1", "2.2.2.2", "2.2.2.255", "2.2.3.1", "10.0.0.0", "10.255.255.255" }) do
      assert.is_true(list:check(address), address)
      assert.is_true(list:check("::ffff:" .. address, "ipv6"), address)
      assert.is_true(list:check(SocketAddress({ address = address })), address)
    end
    for _, address in ipairs({ "1.1.1.0", "1.1.1.2", "2.2.2.1", "2.2.3.2", "9.255.255.255", "11.0.0.0", "0.0.0.1" }) do
      assert.is_false(list:check(address), address)
      assert.is_false(list:check("::ffff:" .. address, "ipv6"), address)
    end
    for _, address in ipairs({ "::1", "fd00::1", "fd00::5", "fd00::9", "2001:db8:ffff::", "2001:db8::1%lo" }) do
      assert.is_true(list:check(address, "ipv6"), address)
      assert.is_true(list:check(SocketAddress({ address = address, family = "ipv6" })), address)
    end
    for _, address in ipairs({ "::2", "::", "fd00::", "fd00::a", "2001:db9::", "2001:db7:ffff::", "::1.1.1.1" }) do
      assert.is_false(list:check(address, "ipv6"), address)
    end
    assert.equal(6, list.size)
  end)

  it("takes what is no address for not blocked", function()
    list:addCIDRs({ "0.0.0.0/0", "::/0" })
    for _, address in ipairs({ "", "x", "1.1.1", "1.1.1.256", "01.1.1.1", " 1.1.1.1", "1.1.1.1/8", "1.1.1.1\0" }) do
      assert.is_false(list:check(address), address)
      assert.is_false(list:check(address, "ipv6"), address)
    end
    assert.is_false(list:check("::1"))
    assert.is_false(list:check("1.1.1.1", "ipv6"))
  end)

  it("treats an address that is mapped into IPv6 as Node does", function()
    list:addAddress("::ffff:1.1.1.1", "ipv6")
    assert.is_true(list:check("1.1.1.1"))
    list:addSubnet("::ffff:10.0.0.0", 104, "ipv6")
    assert.is_true(list:check("10.1.1.1"))
    assert.is_false(list:check("11.1.1.1"))
    list:clear()
    -- A subnet of IPv6 that holds all mapped addresses holds those of IPv4; a range does not.
    list:addSubnet("::", 80, "ipv6")
    assert.is_true(list:check("1.1.1.1"))
    list:clear()
    list:addSubnet("::", 81, "ipv6")
    assert.is_false(list:check("1.1.1.1"))
    list:clear()
    list:addRange("::", "ffff::", "ipv6")
    assert.is_false(list:check("1.1.1.1"))
    assert.is_true(list:check("::ffff:1.1.1.1", "ipv6"))
    list:clear()
    list:addRange("::ffff:10.0.0.1", "::ffff:10.0.0.9", "ipv6")
    assert.is_true(list:check("10.0.0.5"))
    assert.is_false(list:check("10.0.0.10"))
  end)

  it("compares the ends of a range with what can be compared with them", function()
    local function range(from, to)
      local made = BlockList()
      made:addRange(
        SocketAddress({ address = from, family = from:find(":") and "ipv6" or "ipv4" }),
        SocketAddress({ address = to, family = to:find(":") and "ipv6" or "ipv4" }))
      local result = { made:check("1.1.1.5"), made:check("9.9.9.9") }
      for _, address in ipairs({ "::ffff:1.1.1.5", "::ffff:9.9.9.9", "::1", "2001::" }) do
        result[#result + 1] = made:check(address, "ipv6")
      end
      return result
    end
    assert.same({ false, false, true, true, false, false }, range("1.1.1.1", "ffff::"))
    assert.same({ false, false, true, false, false, false }, range("::", "1.1.1.9"))
    assert.same({ true, false, true, false, false, false }, range("1.1.1.1", "::ffff:1.1.1.9"))
    assert.same({ true, false, true, false, false, false }, range("::ffff:1.1.1.1", "1.1.1.9"))
  end)

  it("shows its rules, of each kind the newest first", function()
    list:addAddress("1.1.1.1")
    list:addRange("2.2.2.2", "2.2.2.3")
    list:addSubnet("10.1.2.3", 8)
    list:addAddress("2001:DB8::1", "ipv6")
    list:addSubnet("fc00::", 7, "ipv6")
    local rules = {
      "Address: IPv6 2001:db8::1", "Address: IPv4 1.1.1.1", "Subnet: IPv6 fc00::/7", "Subnet: IPv4 10.1.2.3/8",
      "Range: IPv4 2.2.2.2-2.2.2.3",
    }
    assert.same(rules, list.rules)
    assert.same(rules, list:toJSON())
    assert.equal(5, list.size)
  end)

  it("has an address once, however it is written, and the others as often as they are added", function()
    list:addAddress("1.1.1.1")
    list:addAddress("1.1.1.1")
    list:addAddress("::ffff:1.1.1.1", "ipv6")
    assert.same({ "Address: IPv6 ::ffff:1.1.1.1" }, list.rules)
    for _ = 1, 2 do
      list:addSubnet("10.0.0.0", 8)
      list:addRange("2.2.2.2", "2.2.2.3")
    end
    assert.equal(5, list.size)
    list:removeSubnet("10.0.0.0", 8)
    list:removeRange("2.2.2.2", "2.2.2.3")
    assert.equal(3, list.size)
    assert.is_true(list:check("10.1.1.1"))
    assert.is_true(list:check("2.2.2.2"))
    list:removeCIDR("10.0.0.0/8")
    list:removeRange("2.2.2.2", "2.2.2.3")
    list:removeAddress("1.1.1.1")
    assert.is_false(list:check("10.1.1.1"))
    assert.is_false(list:check("2.2.2.2"))
    assert.same({}, list.rules)
  end)

  it("takes away only what is written as it was added", function()
    list:addSubnet("10.0.0.0", 8)
    list:addRange("1.1.1.1", "1.1.1.3")
    list:removeSubnet("10.0.0.1", 8)
    list:removeSubnet("::ffff:10.0.0.0", 104, "ipv6")
    list:removeSubnet("10.0.0.0", 9)
    list:removeRange("1.1.1.1", "1.1.1.2")
    list:removeRange("::ffff:1.1.1.1", "::ffff:1.1.1.3", "ipv6")
    list:removeAddress("1.1.1.1")
    list:removeAddress("10.0.0.0")
    assert.equal(2, list.size)
    assert.is_true(list:check("1.1.1.1"))
    assert.is_true(list:check("10.0.0.0"))
  end)

  it("takes lists whole or not at all", function()
    list:addAddresses({ "1.1.1.1", SocketAddress({ address = "::2", family = "ipv6" }) })
    list:addAddresses({ "::3", "::4" }, "ipv6")
    list:addCIDRs({ "10.0.0.0/8", "2001:db8::/32" })
    assert.equal(6, list.size)
    for _, wrong in ipairs({ { "3.3.3.3", "x" }, { "3.3.3.3", 5 }, { "3.3.3.3", "::1" } }) do
      assert.is_table(raised(list.addAddresses, list, wrong))
    end
    for _, wrong in ipairs({ { "3.0.0.0/8", "x" }, { "3.0.0.0/8", "4.0.0.0/33" }, { "3.0.0.0/8", 5 } }) do
      assert.is_table(raised(list.addCIDRs, list, wrong))
    end
    assert.equal(6, list.size)
    assert.equal('The "addresses[1]" argument must be of type string. Received type number (5)',
      raised(list.addAddresses, list, { "1.1.1.1", 5 }).message)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(list.addAddresses, list, "1.1.1.1").code)
    -- What hides its metatable is a list like another.
    list:addAddresses(setmetatable({ "1.1.1.9" }, { __metatable = "hidden" }))
    assert.is_true(list:check("1.1.1.9"))
    list:removeAddress("1.1.1.9")
    assert.equal("ERR_INVALID_ARG_TYPE", raised(list.addCIDRs, list, "1.0.0.0/8").code)
  end)

  it("knows what is private", function()
    list:addCIDRs(BlockList.PRIVATE_RANGES)
    assert.equal(8, list.size)
    for _, address in ipairs({ "10.0.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "169.254.1.1" }) do
      assert.is_true(list:check(address), address)
    end
    assert.is_false(list:check("8.8.8.8"))
    assert.is_false(list:check("172.32.0.0"))
    assert.is_true(list:check("fe80::1", "ipv6"))
    assert.is_true(list:check("fdff::1", "ipv6"))
    assert.is_false(list:check("2001:db8::1", "ipv6"))
  end)

  it("reads CIDR notation", function()
    for cidr, rule in pairs({
      ["10.0.0.0/8"] = "Subnet: IPv4 10.0.0.0/8", ["0.0.0.0/0"] = "Subnet: IPv4 0.0.0.0/0",
      ["::1/128"] = "Subnet: IPv6 ::1/128", ["::ffff:10.0.0.0/104"] = "Subnet: IPv6 ::ffff:10.0.0.0/104",
    }) do
      list:clear()
      list:addCIDR(cidr)
      assert.same({ rule }, list.rules)
      list:removeCIDR(cidr)
      assert.equal(0, list.size)
    end
    for cidr, code in pairs({
      ["10.0.0.0"] = "ERR_INVALID_ARG_VALUE", ["10.0.0.0/"] = "ERR_INVALID_ARG_VALUE",
      ["10.0.0.0/x"] = "ERR_INVALID_ARG_VALUE", ["10.0.0.0/08"] = "ERR_INVALID_ARG_VALUE",
      ["10.0.0.0/8.5"] = "ERR_INVALID_ARG_VALUE", ["10.0.0.0/ 8"] = "ERR_INVALID_ARG_VALUE",
      ["10.0.0.0/0x8"] = "ERR_INVALID_ARG_VALUE", ["10.0.0.0/8/"] = "ERR_INVALID_ARG_VALUE",
      ["10.0.0.0/99999999999999999999"] = "ERR_INVALID_ARG_VALUE", ["10.0.0.0/33"] = "ERR_OUT_OF_RANGE",
      ["10.0.0.0/-1"] = "ERR_OUT_OF_RANGE", ["::1/129"] = "ERR_OUT_OF_RANGE", ["/8"] = "ERR_INVALID_ADDRESS",
      ["x/8"] = "ERR_INVALID_ADDRESS", ["[::1]/8"] = "ERR_INVALID_ADDRESS", ["10.0.0.0//8"] = "ERR_INVALID_ADDRESS",
    }) do
      assert.equal(code, raised(list.addCIDR, list, cidr).code, cidr)
    end
    assert.equal("ERR_INVALID_ARG_TYPE", raised(list.addCIDR, list).code)
  end)

  it("takes its rules back from what toJSON gives, and from the JSON of it", function()
    list:addCIDRs(BlockList.PRIVATE_RANGES)
    list:addRange("fd00::1", "fd00::9", "ipv6")
    list:addRange("1.1.1.1", "1.1.1.3")
    list:addAddress("::ffff:1.2.3.4", "ipv6")
    list:addAddress("9.9.9.9")
    local other = BlockList()
    other:addAddress("8.8.8.8")
    other:fromJSON(list:toJSON())
    assert.equal(list.size + 1, other.size)
    other:removeAddress("8.8.8.8")
    assert.same(sorted(list.rules), sorted(other.rules))
    local third = BlockList()
    third:fromJSON(' [ "' .. table.concat(list.rules, '" ,\n "') .. '" ] ')
    assert.same(sorted(list.rules), sorted(third.rules))
    third:fromJSON('["Address: IPv4 1.1.1.1\\/32", "\\u0041ddress: IPv4 4.4.4.4"]')
    assert.is_true(third:check("4.4.4.4"))
  end)

  it("lets pass texts that are no rules, and refuses what is no list of texts", function()
    list:fromJSON({ "junk", "Address: IPv6 zz", "" })
    list:fromJSON("[]")
    assert.equal(0, list.size)
    for _, wrong in ipairs({ 5, true, { 5 }, { a = "x" }, "[1]", "{}", '"x"', "5", "null", '["x", 1]' }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(list.fromJSON, list, wrong).code)
    end
    assert.equal("ERR_INVALID_ARG_TYPE", raised(list.fromJSON, list).code)
    for _, wrong in ipairs({ "x", "", "[", '["x"', '["x",]', '["x" "y"]', '["\\q"]', '["x"]y', "[,]", '["\n"]' }) do
      assert.equal("SyntaxError", raised(list.fromJSON, list, wrong).name, wrong)
    end
    assert.equal("ERR_INVALID_ADDRESS",
      raised(list.fromJSON, list, { "Address: IPv4 1.1.1.1", "Address: IPv4 999.1.1.1" }).code)
    assert.equal(0, list.size)
  end)

  it("refuses wrong arguments", function()
    local function code(method, ...) return raised(list[method], list, ...).code end
    for _, method in ipairs({ "addAddress", "removeAddress", "check" }) do
      assert.equal("ERR_INVALID_ARG_TYPE", code(method))
      assert.equal("ERR_INVALID_ARG_TYPE", code(method, 5))
      assert.equal("ERR_INVALID_ARG_TYPE", code(method, {}))
      assert.equal("ERR_INVALID_ARG_TYPE", code(method, "1.1.1.1", 5))
    end
    assert.equal("ERR_INVALID_ARG_VALUE", code("addAddress", "1.1.1.1", "x"))
    assert.equal("ERR_INVALID_ADDRESS", code("addAddress", "::1"))
    assert.equal("ERR_INVALID_ADDRESS", code("removeAddress", "x"))
    local message = raised(list.addRange, list, "1.1.1.2", "1.1.1.1").message
    assert.equal("The argument 'start' must come before end. Received '1.1.1.2'", message)
    assert.equal("ERR_INVALID_ARG_VALUE", code("addRange", "::2", "::1", "ipv6"))
    assert.equal("ERR_INVALID_ARG_TYPE", code("addRange", "1.1.1.1"))
    for _, prefix in ipairs({ -1, 33, 1.5, 0 / 0, math.huge }) do
      assert.equal("ERR_OUT_OF_RANGE", code("addSubnet", "1.1.1.1", prefix))
      assert.equal("ERR_OUT_OF_RANGE", code("removeSubnet", "1.1.1.1", prefix))
    end
    assert.equal("ERR_OUT_OF_RANGE", code("addSubnet", "::", 129, "ipv6"))
    assert.equal("ERR_INVALID_ARG_TYPE", code("addSubnet", "1.1.1.1", "8"))
    assert.equal("ERR_INVALID_ARG_TYPE", code("addSubnet", "1.1.1.1"))
    for _, method in ipairs({ "addAddress", "check", "clear", "toJSON", "fromJSON" }) do
      assert.equal("ERR_INVALID_THIS", raised(list[method], "1.1.1.1").code)
    end
    assert.equal(0, list.size)
  end)

  it("answers as a plain list does, whatever is added and taken away", function()
    local random = require("spec.support.random")(17)
    local function address()
      -- Few values: rules meet.
      return ("%d.%d.%d.%d"):format(random(2), random(3), random(2) * 127, random(4) * 64)
    end
    local function number(text)
      local a, b, c, d = text:match("(%d+)%.(%d+)%.(%d+)%.(%d+)")
      return ((a * 256 + b) * 256 + c) * 256 + d
    end
    local model = {}
    local function apply(verb, rule)
      if rule.kind == "Address" then return list[verb .. "Address"](list, rule.from) end
      if rule.kind == "Range" then return list[verb .. "Range"](list, rule.from, rule.to) end
      return list[verb .. "Subnet"](list, rule.from, rule.prefix)
    end
    for _ = 1, 3000 do
      if random(3) > 0 or #model == 0 then
        local rule = { kind = ({ "Address", "Range", "Subnet" })[random(3) + 1], from = address() }
        rule.low = number(rule.from)
        rule.high = rule.low
        if rule.kind == "Range" then
          rule.to = address()
          rule.high = number(rule.to)
        elseif rule.kind == "Subnet" then
          rule.prefix = 8 + random(25)
          local size = 2 ^ (32 - rule.prefix)
          rule.low = math.floor(rule.low / size) * size
          rule.high = rule.low + size - 1
        end
        if rule.high >= rule.low then
          apply("add", rule)
          local known = false
          for _, other in ipairs(model) do
            known = known or rule.kind == "Address" and other.kind == "Address" and other.from == rule.from
          end
          if not known then model[#model + 1] = rule end
        end
      else
        apply("remove", table.remove(model, random(#model) + 1))
      end
      assert.equal(#model, list.size)
      for _ = 1, 5 do
        local asked = address()
        local value, expected = number(asked), false
        for _, rule in ipairs(model) do
          expected = expected or rule.low <= value and value <= rule.high
        end
        assert.equal(expected, list:check(asked))
      end
    end
  end)

  it("is what it was when the core has been loaded again", function()
    list:addAddress("1.1.1.1")
    local loaded = package.loaded["uvnet.core"]
    package.loaded["uvnet.core"] = nil
    require("uvnet.core")
    package.loaded["uvnet.core"] = loaded
    assert.is_true(list:check("1.1.1.1"))
    local rules = list._rules
    assert.is_false(pcall(rules.check, io.stdout, "1.1.1.1", 4))
    assert.is_false(pcall(rules.check, {}, "1.1.1.1", 4))
    assert.is_false(pcall(rules.check))
  end)

  it("checks against 100,000 rules in microseconds", function()
    local addresses = {}
    for i = 0, 99999 do
      addresses[#addresses + 1] = ("%d.%d.%d.7"):format(1 + math.floor(i / 65536), math.floor(i / 256) % 256, i % 256)
    end
    list:addAddresses(addresses)
    assert.equal(100000, list.size)
    local began, hits = os.clock(), 0
    for i = 1, 10000 do
      if list:check(addresses[i]) and not list:check("200.1.1." .. i % 256) then hits = hits + 1 end
    end
    assert.equal(10000, hits)
    assert.is_true(os.clock() - began < 1) -- one after the other through all rules would take minutes
    list:clear()
    assert.is_false(list:check(addresses[1]))
  end)
end)
