local net = require("net")
local raised = require("spec.support.raised")
local testing = require("uvnet.testing")

local dns = net.dns

-- Looks up and waits: what the callback got.
local function lookup(...)
  local given = { n = select("#", ...), ... }
  local got
  given.n = given.n + 1
  given[given.n] = function(...)
    assert.is_nil(got)
    got = { n = select("#", ...), ... }
  end
  dns.lookup((table.unpack or unpack)(given, 1, given.n)) -- luacheck: ignore 143
  assert.is_nil(got)
  testing.run(function() return got end)
  testing.run()
  return got
end

describe("dns.lookup", function()
  testing.leakCheck(before_each, after_each)

  it("is the module uvnet.dns", function() assert.equal(require("uvnet.dns"), dns) end)

  it("gives an address of a host and its family, nil first", function()
    local got = lookup("localhost")
    assert.is_nil(got[1])
    assert.equal(net.isIP(got[2]), got[3])
    assert.truthy(({ ["127.0.0.1"] = true, ["::1"] = true })[got[2]])
  end)

  it("gives the family that is asked for", function()
    for _, options in ipairs({ 4, { family = 4 }, { family = "IPv4" } }) do
      local got = lookup("localhost", options)
      assert.equal("127.0.0.1", got[2])
      assert.equal(4, got[3])
    end
  end)

  it("gives a list with all", function()
    local got = lookup("localhost", { all = true })
    assert.is_nil(got[1])
    assert.is_true(#got[2] >= 1)
    for _, entry in ipairs(got[2]) do
      assert.equal(net.isIP(entry.address), entry.family)
      assert.are_not.equal(0, entry.family)
    end
    assert.is_nil(got[3])
  end)

  it("answers an IP address with itself, in the next tick", function()
    assert.same({ n = 3, nil, "127.0.0.1", 4 }, lookup("127.0.0.1"))
    assert.same({ n = 3, nil, "::1", 6 }, lookup("::1"))
    assert.same({ n = 3, nil, "::1", 6 }, lookup("::1", { family = 4 }))
    assert.same({ { address = "127.0.0.1", family = 4 } }, lookup("127.0.0.1", { all = true })[2])
  end)

  it("takes hints", function()
    for _, hints in ipairs({ 0, dns.ADDRCONFIG, dns.ADDRCONFIG + dns.V4MAPPED, dns.V4MAPPED + dns.ALL }) do
      local got = lookup("localhost", { hints = hints, family = 4 })
      assert.is_nil(got[1])
      assert.equal("127.0.0.1", got[2])
    end
    for _, name in ipairs({ "ADDRCONFIG", "V4MAPPED", "ALL" }) do
      assert.is_true(dns[name] > 0)
    end
  end)

  it("gives an error for a host that is unknown, with Node's fields", function()
    -- The name is refused before any server is asked: its label is longer than the system allows.
    local name = ("x"):rep(70) .. ".invalid"
    local err = lookup(name)[1]
    assert.is_true(net.errors:isInstance(err))
    assert.equal("ENOTFOUND", err.code)
    assert.equal("getaddrinfo", err.syscall)
    assert.equal(name, err.hostname)
    assert.is_true(err.errno < 0)
    assert.equal("Error: getaddrinfo ENOTFOUND " .. name, tostring(err))
  end)

  it("runs several at once, and each callback is called once", function()
    local count = 0
    for _ = 1, 20 do
      dns.lookup("localhost", function(err)
        assert.is_nil(err)
        count = count + 1
      end)
    end
    testing.run()
    assert.equal(20, count)
  end)

  it("throws for wrong arguments, in Node's words", function()
    local function callback() end
    local function text(...) return tostring(raised(dns.lookup, ...)) end
    local no_callback = 'TypeError [ERR_INVALID_ARG_TYPE]: The "callback" argument must be of type function. Received '
    assert.equal(no_callback .. "undefined", text())
    assert.equal(no_callback .. "undefined", text("localhost"))
    assert.equal(no_callback .. "undefined", text("localhost", {}))
    assert.equal(
      "TypeError [ERR_INVALID_ARG_VALUE]: The argument 'family' must be one of: 0, 4, 6. Received 5",
      text("localhost", 5, callback)
    )
    assert.equal(
      "TypeError [ERR_INVALID_ARG_VALUE]: The property 'options.family' must be one of: 0, 4, 6. Received 7",
      text("localhost", { family = 7 }, callback)
    )
    assert.equal(
      "TypeError [ERR_INVALID_ARG_VALUE]: The property 'options.family' must be one of: 0, 4, 6. Received '4'",
      text("localhost", { family = "4" }, callback)
    )
    assert.equal(
      "TypeError [ERR_INVALID_ARG_VALUE]: The argument 'hints' is invalid. Received 1073741824",
      text("localhost", { hints = 1073741824 }, callback)
    )
    assert.equal(
      'TypeError [ERR_INVALID_ARG_TYPE]: The "options.hints" property must be of type number. '
        .. "Received type string ('x')",
      text("localhost", { hints = "x" }, callback)
    )
    assert.equal(
      'TypeError [ERR_INVALID_ARG_TYPE]: The "options.all" property must be of type boolean. '
        .. "Received type number (1)",
      text("localhost", { all = 1 }, callback)
    )
    assert.equal(
      'TypeError [ERR_INVALID_ARG_TYPE]: The "hostname" argument must be of type string. Received type number (5)',
      text(5, callback)
    )
    assert.equal(
      'TypeError [ERR_INVALID_ARG_TYPE]: The "options" argument must be of type object or integer. '
        .. "Received type string ('4')",
      text("localhost", "4", callback)
    )
  end)

  it("throws for no host, and for one that the system would cut", function()
    for _, none in ipairs({ "", false, 0 }) do
      local err = raised(dns.lookup, none, function() end)
      assert.equal("ERR_INVALID_ARG_VALUE", err.code)
      assert.truthy(err.message:find("^The argument 'hostname' must be a non%-empty string%. Received "))
    end
    assert.equal("ERR_INVALID_ARG_VALUE", raised(dns.lookup, nil, { all = true }, function() end).code)
    assert.equal(
      "TypeError [ERR_INVALID_ARG_VALUE]: The argument 'hostname' must be a string without null bytes. "
        .. "Received 'localhost\\x00.example'",
      tostring(raised(dns.lookup, "localhost\0.example", function() end))
    )
  end)
end)
