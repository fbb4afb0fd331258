local codec = require("uvnet.base.codec")
local core = require("uvnet.core")

local ENCODINGS = { "utf8", "ascii", "latin1", "hex", "base64", "base64url", "utf16le" }
local REPLACEMENT = "\239\191\189"

-- Bytes as digits, so that a failure can be read.
local function digits(bytes)
  return (bytes:gsub(".", function(c) return ("%02x "):format(c:byte()) end))
end

-- Cuts a string at random places, empty pieces included.
local function pieces_of(bytes, longest)
  local pieces, at = {}, 1
  while at <= #bytes do
    local length = math.random(0, longest)
    pieces[#pieces + 1] = bytes:sub(at, at + length - 1)
    at = at + length
  end
  return pieces
end

-- Half of them what real text has, half what breaks decoders.
local function random_bytes(length)
  local alphabet = { "a", "=", "\195\169", "\226\130\172", "\240\159\152\128", "\239\191\189", "\0" }
  local breaking = { "\128", "\191", "\192", "\195", "\224", "\160", "\237", "\240", "\144", "\244", "\255", "\216",
    "\220", "\0" }
  local from = math.random(2) == 1 and alphabet or breaking
  local list = {}
  for i = 1, length do
    list[i] = math.random(8) == 1 and string.char(math.random(0, 255)) or from[math.random(#from)]
  end
  return table.concat(list)
end

local function decode(encoding, pieces)
  local decoder = codec.decoder(encoding)
  local texts = {}
  for i, piece in ipairs(pieces) do
    texts[i] = decoder:write(piece)
  end
  texts[#texts + 1] = decoder:finish()
  return texts
end

describe("the codec", function()
  it("knows every name of an encoding, in any case", function()
    local names = {
      utf8 = { "utf8", "utf-8", "UTF8", "Utf-8" },
      ascii = { "ascii", "ASCII" },
      latin1 = { "latin1", "binary", "Latin1", "BINARY" },
      hex = { "hex", "HEX" },
      base64 = { "base64", "Base64" },
      base64url = { "base64url", "BASE64URL" },
      utf16le = { "utf16le", "utf-16le", "ucs2", "ucs-2", "UCS-2", "UTF16LE" },
    }
    for canonical, list in pairs(names) do
      for _, name in ipairs(list) do
        assert.equal(canonical, codec.normalize(name), name)
        assert.is_true(codec.isEncoding(name), name)
      end
    end
  end)

  it("takes no name for the default, as Node does", function()
    assert.equal("utf8", codec.normalize(nil))
    assert.equal("utf8", codec.normalize(""))
    assert.is_false(codec.isEncoding(nil))
    assert.is_false(codec.isEncoding(""))
    assert.equal("\255", codec.encode("\255"))
    assert.equal(REPLACEMENT, codec.decoder():write("\255"))
  end)

  it("refuses what is no encoding", function()
    for _, name in ipairs({ "utf16", "utf 8", "latin-1", "utf8\0", 8, true, {} }) do
      assert.is_nil(codec.normalize(name))
      assert.is_false(codec.isEncoding(name))
      for _, call in ipairs({ codec.decoder, function(encoding) return codec.encode("", encoding) end }) do
        local ok, err = pcall(call, name)
        assert.is_false(ok)
        assert.equal("ERR_UNKNOWN_ENCODING", err.code)
        assert.equal("TypeError", err.name)
      end
    end
  end)
end)

describe("codec.encode", function()
  -- Encoding, text, bytes: what Node's Buffer.from() makes of the text.
  local VECTORS = {
    { "hex", "", "" },
    { "hex", "a", "" },
    { "hex", "abc", "\171" },
    { "hex", "AbCd", "\171\205" },
    { "hex", "0g11", "" },
    { "hex", "ab cd", "\171" },
    { "hex", "616\195\16962", "a" },
    { "base64", "", "" },
    { "base64", "Z", "" },
    { "base64", "Zg", "f" },
    { "base64", "Zg==", "f" },
    { "base64", "Zm9", "fo" },
    { "base64", "Zm9vY", "foo" },
    { "base64", "Zm9v YmFy\010", "foobar" },
    { "base64", "Zm9v!YmFy", "foobar" },
    { "base64", "Zm9v=YmFy", "foo" },
    { "base64", "Zg==Zg==", "f" },
    { "base64", "=bad", "" },
    { "base64", "-_+/", "\251\255\191" },
    { "base64", "Zm9v\195\169YmFy", "foobar" },
    { "base64", "Z===", "" },
    { "base64url", "-_8", "\251\255" },
    { "base64url", "-_8=", "\251\255" },
    { "base64url", "+/8", "\251\255" },
    { "base64url", "Zm9vYg", "foob" },
    { "latin1", "gr\195\188n", "gr\252n" },
    { "latin1", "\197\129", "A" },
    { "latin1", "\240\159\152\128", "=\000" },
    { "latin1", "a\000b", "a\000b" },
    { "ascii", "a\195\169", "a\233" },
    { "utf16le", "a\195\169", "a\000\233\000" },
    { "utf16le", "\226\130\172", "\172 " },
    { "utf16le", "\240\159\152\128", "=\216\000\222" },
    { "utf16le", "", "" },
    { "latin1", "a\195b\255", "a\253b\253" },
    { "utf16le", "a\195b\255", "a\000\253\255b\000\253\255" },
    { "hex", "a\195b\255", "" },
  }

  it("gives the bytes that a text stands for", function()
    for _, vector in ipairs(VECTORS) do
      local encoding, text, bytes = vector[1], vector[2], vector[3]
      assert.equal(digits(bytes), digits(codec.encode(text, encoding)), encoding .. " of " .. digits(text))
    end
  end)

  it("leaves utf8 as it is", function()
    for _, text in ipairs({ "", "a", "\0", "\255\0\128", "\195\169" }) do
      assert.equal(text, codec.encode(text, "utf8"))
    end
  end)

  it("passes over what is no digit in base64, wherever it stands", function()
    for at = 1, 9 do
      local text = ("Zm9vYmFy"):sub(1, at - 1) .. " \r\n" .. ("Zm9vYmFy"):sub(at)
      assert.equal("foobar", codec.encode(text, "base64"))
    end
  end)

  it("reads long texts as it reads short ones", function()
    local bytes = ("\0\1\127\128\254\255"):rep(5000)
    local hex = ("00017f80feff"):rep(5000)
    assert.equal(bytes, codec.encode(hex, "hex"))
    assert.equal(("\228\0"):rep(20000), codec.encode(("\195\164"):rep(20000), "utf16le"))
    assert.equal(("\228"):rep(20000), codec.encode(("\195\164"):rep(20000), "latin1"))
    assert.equal(("foo"):rep(20000), codec.encode(("Zm9v"):rep(20000), "base64"))
    assert.equal(("foo"):rep(20000), codec.encode(("Zm9v\195\164"):rep(20000), "base64"))
  end)

  it("undoes what a decoder does to bytes", function()
    math.randomseed(20)
    for _ = 1, 500 do
      local bytes = random_bytes(math.random(0, 40))
      for _, encoding in ipairs({ "latin1", "hex", "base64", "base64url" }) do
        local text = table.concat(decode(encoding, { bytes }))
        assert.equal(digits(bytes), digits(codec.encode(text, encoding)), encoding)
      end
    end
  end)

  it("wants a string", function()
    for _, encoding in ipairs(ENCODINGS) do
      assert.is_false(pcall(codec.encode, nil, encoding))
      assert.is_false(pcall(codec.encode, {}, encoding))
    end
  end)
end)

describe("a decoder", function()
  -- Encoding, pieces, and the text of each and of finish(). Node's StringDecoder gives the same, but for utf16le when a
  -- pair of surrogates is cut at an odd byte or follows a lone one: there Node gives the halves of a character apart.
  local VECTORS = {
    { "utf8", { "\226", "\130", "\172" }, { "", "", "\226\130\172", "" } },
    { "utf8", { "\240\159", "\152\128A" }, { "", "\240\159\152\128A", "" } },
    { "utf8", { "a\226\130", "b" }, { "a", "\239\191\189b", "" } },
    { "utf8", { "\226\130" }, { "", "\239\191\189" } },
    { "utf8", { "a\240\159\152" }, { "a", "\239\191\189" } },
    { "utf8", { "\224\128\128" }, { "\239\191\189\239\191\189\239\191\189", "" } },
    { "utf8", { "\237\160\128" }, { "\239\191\189\239\191\189\239\191\189", "" } },
    { "utf8", { "\244\144\128\128" }, { "\239\191\189\239\191\189\239\191\189\239\191\189", "" } },
    { "utf8", { "\240\143\191\191" }, { "\239\191\189\239\191\189\239\191\189\239\191\189", "" } },
    { "utf8", { "\192\175" }, { "\239\191\189\239\191\189", "" } },
    { "utf8", { "\224\128", "\128" }, { "", "\239\191\189\239\191\189\239\191\189", "" } },
    { "utf8", { "\224", "\128" }, { "", "", "\239\191\189\239\191\189" } },
    { "utf8", { "\245\128", "\128\128" }, { "", "\239\191\189\239\191\189\239\191\189\239\191\189", "" } },
    { "utf8", { "\255\254A" }, { "\239\191\189\239\191\189A", "" } },
    { "utf8", { "\128\128\128\128\128" }, { "\239\191\189\239\191\189\239\191\189\239\191\189\239\191\189", "" } },
    { "utf8", { "\195", "\195", "\169" }, { "", "\239\191\189", "\195\169", "" } },
    { "utf8", { "\239\187\191a" }, { "\239\187\191a", "" } },
    { "utf8", { "\240\159", "", "A" }, { "", "", "\239\191\189A", "" } },
    { "utf8", { "\241\128\128\225\128\194" }, { "\239\191\189\239\191\189", "\239\191\189" } },
    { "ascii", { "A\193\255" }, { "AA\127", "" } },
    { "latin1", { "A\233\000", "\255" }, { "A\195\169\000", "\195\191", "" } },
    { "hex", { "\000\015", "\171\255" }, { "000f", "abff", "" } },
    { "base64", { "f", "o", "o" }, { "", "", "Zm9v", "" } },
    { "base64", { "foob", "a" }, { "Zm9v", "", "YmE=" } },
    { "base64", { "f" }, { "", "Zg==" } },
    { "base64", { "\251\255\191" }, { "+/+/", "" } },
    { "base64url", { "f" }, { "", "Zg" } },
    { "base64url", { "\251\255", "\191\251" }, { "", "-_-_", "-w" } },
    { "utf16le", { "a", "\000" }, { "", "a", "" } },
    { "utf16le", { "a\000\172", " " }, { "a", "\226\130\172", "" } },
    { "utf16le", { "=\216", "\000\222" }, { "", "\240\159\152\128", "" } },
    { "utf16le", { "=\216a\000" }, { "\239\191\189a", "" } },
    { "utf16le", { "=", "\216", "\000", "\222a\000" }, { "", "", "", "\240\159\152\128a", "" } },
    { "utf16le", { "\000\222a\000" }, { "\239\191\189a", "" } },
    { "utf16le", { "a\000b" }, { "a", "" } },
    { "utf16le", { "=\216" }, { "", "\239\191\189" } },
    { "utf16le", { "=\216", "=\216", "\000\222" }, { "", "\239\191\189", "\240\159\152\128", "" } },
  }

  it("gives the text of each piece as soon as it is whole", function()
    for _, vector in ipairs(VECTORS) do
      local encoding, pieces, texts = vector[1], vector[2], vector[3]
      local got = decode(encoding, pieces)
      local name = encoding .. " of " .. digits(table.concat(pieces, "|"))
      assert.equal(digits(table.concat(texts, "|")), digits(table.concat(got, "|")), name)
    end
  end)

  it("gives the same text wherever the bytes are cut", function()
    math.randomseed(21)
    for _, encoding in ipairs(ENCODINGS) do
      for _ = 1, 500 do
        local bytes = random_bytes(math.random(0, 60))
        local whole = table.concat(decode(encoding, { bytes }))
        local cut = table.concat(decode(encoding, pieces_of(bytes, math.random(5))))
        assert.equal(digits(whole), digits(cut), encoding .. " of " .. digits(bytes))
      end
    end
  end)

  it("gives nothing but valid UTF-8, at every piece", function()
    math.randomseed(22)
    local judge = codec.decoder("utf8")
    for _, encoding in ipairs(ENCODINGS) do
      for _ = 1, 300 do
        for _, text in ipairs(decode(encoding, pieces_of(random_bytes(40), 5))) do
          assert.equal(digits(text), digits(judge:write(text)))
          assert.equal("", judge:finish())
        end
      end
    end
  end)

  it("lets every valid character pass, at the edges of the ranges too", function()
    local edges = { 0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD000, 0xD7FF, 0xE000, 0xFFFF, 0x10000,
      0x3FFFF, 0x40000, 0xFFFFF, 0x100000, 0x10FFFF }
    local list = {}
    for i, point in ipairs(edges) do
      local bytes
      if point < 0x10000 then
        bytes = string.char(point % 256, math.floor(point / 256))
      else
        local lead = 0xD800 + math.floor((point - 0x10000) / 1024)
        local trail = 0xDC00 + point % 1024
        bytes = string.char(lead % 256, math.floor(lead / 256), trail % 256, math.floor(trail / 256))
      end
      local text = table.concat(decode("utf16le", { bytes }))
      assert.equal(text, table.concat(decode("utf8", { text })))
      assert.equal(digits(bytes), digits(codec.encode(text, "utf16le")))
      list[i] = text
    end
    assert.equal(18, #list)
    assert.equal("\0\127\194\128\223\191\224\160\128\224\191\191\225\128\128", table.concat(list, "", 1, 7))
    assert.equal("\244\143\191\191", list[18])
  end)

  it("looks at every byte of a long valid piece", function()
    for _, length in ipairs({ 7, 8, 9, 15, 16, 17, 64 }) do
      for at = 1, length do
        local text = ("a"):rep(at - 1) .. "\255" .. ("a"):rep(length - at)
        local repaired = ("a"):rep(at - 1) .. REPLACEMENT .. ("a"):rep(length - at)
        assert.equal(repaired, codec.decoder("utf8"):write(text))
        local latin = ("a"):rep(at - 1) .. "\195\191" .. ("a"):rep(length - at)
        assert.equal(latin, codec.decoder("latin1"):write(text))
      end
    end
  end)

  it("decodes long pieces", function()
    local bytes = ("\226\130\172\255"):rep(20000)
    assert.equal(("\226\130\172" .. REPLACEMENT):rep(20000), codec.decoder("utf8"):write(bytes))
    assert.equal((REPLACEMENT):rep(50000), codec.decoder("utf8"):write(("\255"):rep(50000)))
    assert.equal(("ff"):rep(50000), codec.decoder("hex"):write(("\255"):rep(50000)))
    assert.equal(("\195\191"):rep(50000), codec.decoder("latin1"):write(("\255"):rep(50000)))
    assert.equal(("////"):rep(20000), codec.decoder("base64"):write(("\255"):rep(60000)))
    assert.equal(("\239\191\191"):rep(30000), codec.decoder("utf16le"):write(("\255"):rep(60000)))
  end)

  it("forgets what it held back once it is finished", function()
    local halves = { utf8 = "\226", base64 = "f", base64url = "f", utf16le = "\61\216\0" }
    for encoding, half in pairs(halves) do
      local decoder = codec.decoder(encoding)
      decoder:write(half)
      assert.not_equal("", decoder:finish(), encoding)
      assert.equal("", decoder:finish(), encoding)
      -- Also when what comes next would have fitted, as \130 does behind \226.
      for _, text in ipairs({ "abcabc", "\130" }) do
        assert.equal(codec.decoder(encoding):write(text), decoder:write(text), encoding)
        decoder:finish()
        decoder:write(half)
        decoder:finish()
      end
    end
  end)

  it("shares nothing with another", function()
    local one, other = codec.decoder("utf8"), codec.decoder("utf8")
    assert.equal("", one:write("\226\130"))
    assert.equal("b", other:write("b"))
    assert.equal("\226\130\172", one:write("\172"))
  end)

  it("is checked for, and so is what it is given", function()
    local decoder = codec.decoder("utf8")
    assert.is_false(pcall(decoder.write, io.stdout, "a"))
    assert.is_false(pcall(decoder.write, {}, "a"))
    assert.is_false(pcall(decoder.finish))
    assert.is_false(pcall(decoder.write, decoder, nil))
    assert.is_false(pcall(decoder.write, decoder, {}))
  end)
end)

describe("the core's codec", function()
  it("takes canonical names only", function()
    for _, encoding in ipairs(ENCODINGS) do
      assert.equal("userdata", type(core.decoder(encoding)))
      assert.equal("", core.encode("", encoding))
    end
    assert.is_false(pcall(core.decoder, "utf-8"))
    assert.is_false(pcall(core.encode, "", "binary"))
    assert.is_false(pcall(core.encode, "", nil))
  end)

  -- Copies would be garbage: of a megabyte each, they show. JIT or not, the collector is told to stand still.
  it("hands a valid piece on without a copy", function()
    local texts = {
      utf8 = ("gr\195\188\195\159e \226\130\172 \240\159\152\128 "):rep(2 ^ 16),
      ascii = ("a"):rep(2 ^ 20),
      latin1 = ("a"):rep(2 ^ 20),
    }
    for encoding, text in pairs(texts) do
      local decoder = core.decoder(encoding)
      collectgarbage()
      collectgarbage("stop")
      local before = collectgarbage("count")
      for _ = 1, 4 do
        decoder:write(text)
      end
      local grown = collectgarbage("count") - before
      collectgarbage("restart")
      assert.is_true(grown < 512, encoding .. " grew by " .. grown .. " KiB")
    end
  end)
end)
