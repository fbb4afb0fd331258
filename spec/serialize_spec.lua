--- The form in which two Luas send each other values.

local core = require("uvnet.core")

local Class = setmetatable({}, { __name = "an Error here" })

local function classify(value)
  if getmetatable(value) == Class then
    local fields = {}
    for key, one in pairs(value) do
      fields[key] = one
    end
    return "RangeError", fields
  end
  return nil
end

local function make(name) return setmetatable({ made = name }, Class) end

local function encode(value)
  local text, reason = core.serialize(value, classify)
  if not text then error(reason, 0) end
  return text
end

local function decode(text, first, last)
  local ok, value = core.deserialize(text, first or 5, last or #text, make)
  if not ok then error("refused", 0) end
  return value
end

local function copy(value) return decode(encode(value)) end

describe("a message between two Luas", function()
  it("keeps nil, booleans, numbers and strings of any bytes", function()
    local bytes = {}
    for i = 0, 255 do
      bytes[#bytes + 1] = string.char(i)
    end
    bytes = table.concat(bytes)
    for _, value in ipairs({ true, false, 0, 1, -1, 127, 128, 2 ^ 31, -2 ^ 31, 2 ^ 53, 0.1, -1e308, math.huge,
      -math.huge, "", "\0", bytes, bytes:rep(5000) }) do
      local got = copy(value)
      assert.equal(value, got)
      assert.equal(type(value), type(got))
      if math.type then assert.equal(math.type(value), math.type(got)) end
    end
    assert.is_nil(copy(nil))
    local zero = tonumber("0") * 1.0 -- 5.1 keeps one constant for both zeros
    assert.equal("-inf", tostring(1 / copy(-zero)))
    local nan = copy(0 / 0)
    assert.is_true(nan ~= nan)
  end)

  it("keeps every integer of 64 bits", function()
    if not math.type then return end
    for _, value in ipairs({ math.maxinteger, math.mininteger, math.maxinteger - 1, math.tointeger(2 ^ 62) }) do
      assert.equal(value, copy(value))
      assert.equal("integer", math.type(copy(value)))
    end
    assert.equal("float", math.type(copy(3.0)))
  end)

  it("keeps lists, other keys, and holes", function()
    local value = { 1, 2, { "x" }, [10] = "ten", a = { b = { c = {} } }, [true] = false, [1.5] = "half" }
    assert.same(value, copy(value))
    local holes = { 1, nil, 3, nil, 5 }
    assert.same(holes, copy(holes))
  end)

  it("keeps tables that are shared, and circles", function()
    local shared = { "shared" }
    local value = { shared, again = shared }
    value.self = value
    value[shared] = "as a key"
    local got = copy(value)
    assert.equal(got, got.self)
    assert.equal(got[1], got.again)
    assert.equal("as a key", got[got[1]])
  end)

  it("keeps Errors, and those within", function()
    local err = setmetatable({ message = "m", code = "E" }, Class)
    err.cause = err
    local got = copy({ err })[1]
    assert.equal("RangeError", got.made)
    assert.equal("m", got.message)
    assert.equal(got, got.cause)
  end)

  it("refuses what is no value to be sent, wherever it is", function()
    for _, value in ipairs({ print, coroutine.create(function() end), io.stdout }) do
      for _, message in ipairs({ value, { value }, { a = { [value] = 1 } } }) do
        local ok, reason = pcall(encode, message)
        assert.is_false(ok)
        assert.truthy(reason:find("could not be cloned", 1, true), reason)
      end
    end
  end)

  it("refuses tables that are nested too deep, and takes many in a row", function()
    local deep = {}
    for _ = 1, 199 do
      deep = { deep }
    end
    assert.same(deep, copy(deep))
    assert.is_false((pcall(encode, { deep })))
    local many = {}
    for i = 1, 5000 do
      many[i] = { i }
    end
    assert.same(many, copy(many))
  end)

  it("is the same for random values", function()
    local seed = 7
    local function random(n)
      seed = (seed * 16807) % 2147483647
      return seed % n
    end
    local function value(depth)
      local kind = random(depth > 0 and 7 or 5)
      if kind == 0 then return random(2) == 0 end
      if kind == 1 then return random(1000000) - 500000 end
      if kind == 2 then return random(1000) / 7 end
      if kind <= 4 then return ("x"):rep(random(20)) .. random(100) end
      local result = {}
      for i = 1, random(6) do
        result[i] = value(depth - 1)
      end
      for _ = 1, random(6) do
        result["k" .. random(50)] = value(depth - 1)
      end
      return result
    end
    for _ = 1, 200 do
      local one = value(5)
      assert.same(one, copy(one))
    end
  end)

  it("refuses every message that is cut short or goes on", function()
    local text = encode({ 1, 0.5, "text", { a = { true, false } }, setmetatable({ code = "E" }, Class) })
    for last = 5, #text - 1 do
      assert.is_false((core.deserialize(text, 5, last, make)), last)
    end
    assert.is_false((core.deserialize(text .. "\0", 5, #text + 1, make)))
    assert.is_true((core.deserialize("junk" .. text, 9, #text + 4, make)))
  end)

  it("gives a value or refuses whatever byte is changed", function()
    local text = encode({ 1, -5, 0.5, "text", { a = { true, false } }, setmetatable({ code = "E" }, Class) })
    for at = 5, #text do
      for byte = 0, 255 do
        local changed = text:sub(1, at - 1) .. string.char(byte) .. text:sub(at + 1)
        local ok, done = pcall(core.deserialize, changed, 5, #changed, make)
        assert.is_true(ok, done)
        assert.equal("boolean", type(done))
      end
    end
  end)

  it("refuses another format, and places that are not there", function()
    assert.is_false((core.deserialize("\255\15o", 1, 3, make)))
    assert.is_false((core.deserialize("L\1", 1, 2, make)))
    assert.is_false((core.deserialize("L\1\0", 0, 3, make)))
    assert.is_false((core.deserialize("L\1\0", 1, 4, make)))
    assert.is_true((core.deserialize("L\1\0", 1, 3, make)))
  end)
end)
