local core = require("uvnet.core")

-- Groups joined by colons: groups(3) is "1:1:1".
local function groups(count) return ("1:"):rep(count):sub(1, -2) end

describe("isIP", function()
  it("knows IPv4 addresses", function()
    for _, text in ipairs({ "0.0.0.0", "127.0.0.1", "255.255.255.255", "1.20.199.249", "250.9.10.99" }) do
      assert.equal(4, core.isIP(text), text)
    end
  end)

  it("takes nothing else for an IPv4 address", function()
    local texts = {
      "", ".", "1", "1.2.3", "1.2.3.", ".1.2.3", "1.2.3.4.", "1.2.3.4.5", "1..2.3", "256.1.1.1", "1.1.1.256",
      "1.1.1.1000", "01.2.3.4", "1.2.3.00", "1.2.3.-4",
      "+1.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4\n", "1.2.3.4\0", "1.2.3\0.4",
      "1.2.3.a", "0x7f.0.0.1", "127.1", "2130706433", "1.2.3.4/8", "1.2.3.4:80", "1.2.3.4%lo", "1,2,3,4",
      "1.2.3.99999999999999999999", "\217\161.2.3.4", "localhost",
    }
    for _, text in ipairs(texts) do
      assert.equal(0, core.isIP(text), ("%q"):format(text))
    end
  end)

  it("accepts every octet, and no number beyond", function()
    for octet = 0, 999 do
      assert.equal(octet <= 255 and 4 or 0, core.isIP("1.2.3." .. octet))
      assert.equal(octet <= 255 and 4 or 0, core.isIP(octet .. ".2.3.4"))
      assert.equal(octet <= 255 and 6 or 0, core.isIP("::" .. octet .. ".2.3.4"))
    end
  end)

  it("knows IPv6 addresses", function()
    local texts = {
      "::", "::1", "1::", "1::1", "0:0:0:0:0:0:0:0", "fe80::1", "FE80::abcd:EF01", "2001:db8::8:800:200c:417a",
      "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "::1.2.3.4", "::ffff:127.0.0.1", "64:ff9b::1.2.3.4",
      "1:2:3:4:5::1.2.3.4", "0000::0000",
    }
    for _, text in ipairs(texts) do
      assert.equal(6, core.isIP(text), text)
    end
  end)

  it("takes nothing else for an IPv6 address", function()
    local texts = {
      ":", ":::", "1", "1:", ":1", "1:2", "1::2::3", "1:::2", "::1:", ":1::",
      "12345::", "::12345", "::g", "::1 ", " ::1",
      "::1\n", "::1\0", "\0::1", "[::1]", "::1/64", "1.2.3.4::", "::1.2.3.4:1", "::1.2.3", "::1.2.3.4.5",
      "::01.2.3.4", "::256.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "1:2:3:4:5:6::1.2.3.4",
      "::.1.2.3", "fe80:1",
    }
    for _, text in ipairs(texts) do
      assert.equal(0, core.isIP(text), ("%q"):format(text))
    end
  end)

  it("counts the groups: eight, or fewer around one ::", function()
    for before = 0, 10 do
      assert.equal(before == 8 and 6 or 0, core.isIP(groups(before)))
      assert.equal(before == 6 and 6 or 0, core.isIP(groups(before) .. ":1.2.3.4"))
      for after = 0, 10 do
        local text = groups(before) .. "::" .. groups(after)
        assert.equal(before + after <= 7 and 6 or 0, core.isIP(text), text)
        local dotted = text .. (after > 0 and ":" or "") .. "1.2.3.4"
        assert.equal(before + after <= 5 and 6 or 0, core.isIP(dotted), dotted)
      end
    end
  end)

  it("takes a zone behind any IPv6 address", function()
    for _, text in ipairs({ "fe80::1%eth0", "::1%1", "::%a", "::1.2.3.4%lo", "fe80::1%a.b-c:d", "::%-", "::%..:" }) do
      assert.equal(6, core.isIP(text), text)
    end
    local others = {
      "fe80::1%", "%", "%lo", "::%%", "::%a%b", "::%a_b", "::%a b", "::%a\0", "::%\195\169", "::%a\n", "::1.2.3%lo",
    }
    for _, text in ipairs(others) do
      assert.equal(0, core.isIP(text), ("%q"):format(text))
    end
  end)

  it("is 0 for what is no string", function()
    local named = setmetatable({}, { __tostring = function() return "::1" end })
    for _, value in ipairs({ 127, 1.5, true, {}, print, named }) do
      assert.equal(0, core.isIP(value))
    end
    assert.equal(0, core.isIP(nil))
    assert.equal(0, core.isIP())
  end)

  it("gives an integer where Lua has them", function()
    if math.type then assert.equal("integer", math.type(core.isIP("::1"))) end
  end)

  it("asks a table for its text, as JavaScript does", function()
    local net = require("net")
    local function says(text) return setmetatable({}, { __tostring = function() return text end }) end
    assert.equal(4, net.isIP(says("127.0.0.1")))
    assert.equal(6, net.isIP(says("::1")))
    assert.is_true(net.isIPv4(says("127.0.0.1")))
    assert.is_true(net.isIPv6(says("::1")))
    assert.equal(0, net.isIP(says("localhost")))
    assert.equal(0, net.isIP({}))
  end)
end)
