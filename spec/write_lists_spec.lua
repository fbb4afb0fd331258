--- What is written in one go arrives whole: lists of every shape, with whatever happens meanwhile.

local child = require("spec.support.child")
local core = require("uvnet.core")
local net = require("uvnet")
local testing = require("uvnet.testing")

local HOST = "127.0.0.1"

local CHANGED_BY_A_FINALIZER = [[
local net = require("net")
local testing = require("uvnet.testing")
local length = tonumber(arg[1])
local PIECE, FILLER = math.floor(2 ^ 20 / length), ("A"):rep(4 * 1024 * 1024)

-- Something whose end calls a function: a table, or before Lua 5.2 a userdata.
local function at_collection(callback)
  if newproxy then
    getmetatable(newproxy(true)).__gc = callback
  else
    setmetatable({}, { __gc = callback })
  end
end

local list
local armed = true
local function change()
  if list then
    for i = 1, #list do
      list[i] = "gone"
    end
    list = nil
  end
  if armed then at_collection(change) end
end
for _ = 1, 1500 do
  at_collection(change)
end

local client, accepted = testing.pair()
local handle = client._handle
local got, wrong = 0, 0
accepted:on("data", function(chunk)
  got = got + #chunk
  if chunk:find("[^Agone]") then wrong = wrong + 1 end
end)
-- Small steps: one at nearly each allocation.
if _VERSION >= "Lua 5.4" then
  collectgarbage("incremental", 0, 1000, 8)
else
  collectgarbage("setpause", 0)
  collectgarbage("setstepmul", 400)
end
for round = 1, 2 do
  repeat
  until not handle:write(FILLER) -- so the next one is queued
  local pieces = {}
  for i = 1, length do
    pieces[i] = ("A"):rep(PIECE + i + round % 7)
  end
  for _ = 1, round do
    local _ = { {}, {} }
  end
  list = pieces
  handle:write(pieces)
  list = nil
  for i = 1, length do
    pieces[i] = nil
  end
  for _ = 1, 2 do
    for i = 1, length * 2 do
      local _ = ("z"):rep(PIECE + i)
    end
    collectgarbage()
  end
  local expected = select(2, handle:bytes())
  testing.run(function() return got == expected end)
end
armed = false
print(wrong == 0 and "none is wrong" or wrong .. " are wrong")
os.exit(0, true)
]]

describe("a list that is written", function()
  local server, client, accepted

  before_each(function()
    accepted = nil
    server = net.createServer(function(socket) accepted = socket end)
    server:listen(0, HOST)
    testing.run(function() return server.listening end)
    client = net.connect(server:address().port, HOST)
    testing.run(function() return accepted and client.readyState == "open" end)
  end)

  after_each(function()
    client:destroy()
    accepted:destroy()
    server:close()
  end)

  after_each(child.cleanup)

  testing.leakCheck(before_each, after_each)

  -- What arrives of what is written while nobody reads.
  local function arrives(size)
    local chunks, count = {}, 0
    accepted:on("data", function(chunk)
      chunks[#chunks + 1] = chunk
      count = count + #chunk
    end)
    testing.run(function() return count >= size end, 30000)
    return table.concat(chunks)
  end

  local SHAPES = {
    ["of empty strings"] = { 40, function() return 0 end },
    ["of a few small ones"] = { 16, function(i) return i % 5 end },
    ["of a few large ones"] = { 16, function(i) return 100000 + i end },
    ["of many small ones"] = { 100000, function(i) return i % 7 end },
    ["of small and large ones by turns"] = { 4000, function(i) return i % 2 * 3000 + i % 11 end },
    ["of more buffers than go in one call"] = { 70000, function(i) return 512 + i % 3 end },
    ["of more strings than libuv takes at once"] = { 1200000, function() return 1 end },
  }
  for name, shape in pairs(SHAPES) do
    it(name .. " arrives whole, and is called back for once", function()
      local list = {}
      for i = 1, shape[1] do
        list[i] = string.char(i % 251):rep(shape[2](i))
      end
      local whole, called = table.concat(list), 0
      client:write(list, function(err)
        assert.is_nil(err)
        called = called + 1
      end)
      client:write("END")
      local got = arrives(#whole + 3)
      assert.is_true(got == whole .. "END")
      testing.run(function() return called > 0 and client.writableLength == 0 end)
      assert.equal(1, called)
      assert.equal(#whole + 3, client.bytesWritten)
    end)
  end

  -- In a program of its own: its heap is small, so that the collector comes round often.
  for _, length in ipairs({ 8, 40 }) do
    it(("of %d may be changed by a finalizer while it is written"):format(length), function()
      local path = os.tmpname()
      local file = assert(io.open(path, "w"))
      file:write(CHANGED_BY_A_FINALIZER)
      file:close()
      local output, status, errors = child.run(child.lua(path, length), nil, 60000)
      os.remove(path)
      assert.equal("", errors)
      assert.equal("none is wrong\n", output)
      assert.equal(0, status)
    end)
  end
end)

describe("a handle that is to go along with a write", function()
  testing.leakCheck(before_each, after_each)

  it("is refused where it cannot", function()
    local tcp, other = assert(core.tcp()), assert(core.tcp())
    assert(tcp:bind(HOST, 0))
    assert.is_nil((tcp:write("x", other)))
    assert.is_false(pcall(tcp.write, tcp, "x", {}))
    other:close()
    assert.same({ nil, "EBADF" }, { (tcp:write("x", other)), (select(2, tcp:write("x", other))) })
    tcp:close()
    testing.run(function() return core.open_handles() == 0 end)
  end)

  it("may be closed before it has gone", function()
    local path = os.tmpname() .. ".s"
    local received
    local server = net.createServer(function(socket)
      socket:setEncoding("latin1")
      socket:on("data", function(chunk) received = (received or 0) + #chunk end)
      socket:on("end", function() socket:finish() end)
    end)
    server:listen(path)
    testing.run(function() return server.listening end)
    local written, connected = 0, false
    local channel = assert(core.pipe(true))
    channel:attach({
      _onconnected = function() connected = true end,
      _onwritten = function() written = written + 1 end,
    })
    assert(channel:connectPath(path))
    testing.run(function() return connected end)
    local sent = assert(core.tcp())
    assert(sent:bind(HOST, 0))
    local large = ("x"):rep(8 * 1024 * 1024)
    assert.is_false(channel:write(large))
    assert.is_false(channel:write("y", sent))
    sent:close()
    testing.run(function() return written == 2 and received == #large + 1 end)
    channel:close()
    server:close()
    testing.run(function() return core.open_handles() == 0 end)
  end)
end)
