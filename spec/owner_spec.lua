--- A handle tells its owner by method, whoever that is, and may get another owner.

local core = require("uvnet.core")
local net = require("uvnet")
local testing = require("uvnet.testing")

local HOST = "127.0.0.1"

-- An owner that notes what it is told.
local function owner(name, log)
  local function note(method)
    return function(_, ...) log[#log + 1] = { name, method, ... } end
  end
  return {
    _onread = note("read"),
    _onwritten = note("written"),
    _onconnected = note("connected"),
    _onshutdown = note("shutdown"),
    _onclosed = note("closed"),
  }
end

local function names_of(log)
  local list = {}
  for i, entry in ipairs(log) do
    list[i] = entry[1] .. " " .. entry[2]
  end
  return list
end

describe("a handle's owner", function()
  local server, accepted, log

  before_each(function()
    log = {}
    accepted = {}
    server = net.createServer(function(socket)
      accepted[#accepted + 1] = socket
      socket:on("error", function() end)
      socket:pipe(socket)
    end)
    server:listen(0, HOST)
    testing.run(function() return server.listening end)
  end)

  after_each(function()
    for _, socket in ipairs(accepted) do
      socket:destroy()
    end
    server:close()
  end)

  testing.leakCheck(before_each, after_each)

  local function seen(count)
    testing.run(function() return #log >= count end)
  end

  it("need not be a socket: each event is a method of it", function()
    local handle = assert(core.tcp())
    handle:attach(owner("a", log))
    assert(handle:connect(HOST, server:address().port))
    seen(1)
    assert(handle:readStart())
    assert.is_true(handle:write("hello"))
    seen(2)
    assert(handle:shutdown())
    seen(4)
    handle:close(true)
    seen(5)
    assert.same({ "a", "read", "hello" }, log[2])
    table.sort(log, function(x, y) return x[2] < y[2] end)
    assert.same({ "a closed", "a connected", "a read", "a read", "a shutdown" }, names_of(log))
  end)

  it("may be another one from any moment on, which gets what comes", function()
    local handle = assert(core.tcp())
    local first, second = owner("a", log), owner("b", log)
    handle:attach(first)
    assert(handle:connect(HOST, server:address().port))
    seen(1)
    assert(handle:readStart())
    handle:write("one")
    seen(2)
    function first._onread() error("nobody asks it any more") end
    handle:attach(second)
    handle:write("two")
    seen(3)
    handle:close(true)
    seen(4)
    assert.same({ "a connected", "a read", "b read", "b closed" }, names_of(log))
    assert.equal("two", log[3][3])
  end)

  it("that changes ends the fast paths: they were the former one's", function()
    local socket = net.connect(server:address().port, HOST)
    local got = {}
    socket:on("data", function(chunk) got[#got + 1] = chunk end)
    socket:write("one")
    testing.run(function() return #got == 1 end)
    socket:write("two")
    testing.run(function() return #got == 2 end)
    local handle = socket._handle
    assert.equal(not os.getenv("UVNET_NO_FAST_LANES"), handle:isDirectRead())
    local other = owner("b", log)
    handle:attach(other)
    assert.is_false(handle:isDirectRead())
    handle:write("three")
    seen(1)
    assert.same({ "b", "read", "three" }, log[1])
    assert.equal(2, #got)
    handle:attach(socket)
    socket:write("four")
    testing.run(function() return #got == 3 end)
    assert.equal("four", got[3])
    socket:destroy()
  end)

  it("keeps its fast paths if it is attached again", function()
    local socket = net.connect(server:address().port, HOST)
    local count = 0
    socket:on("data", function() count = count + 1 end)
    for expected = 1, 2 do
      socket:write("x")
      testing.run(function() return count == expected end)
    end
    local before = socket._handle:isDirectRead()
    socket._handle:attach(socket)
    assert.equal(before, socket._handle:isDirectRead())
    socket:destroy()
  end)

  it("that cannot be told is an error out of run, and harms no handle", function()
    local handle = assert(core.tcp())
    handle:attach({})
    assert(handle:connect(HOST, server:address().port))
    local ok, err
    repeat
      ok, err = pcall(net.run, "once")
    until not ok
    assert.is_truthy(tostring(err):find("_onconnected", 1, true))
    handle:attach(owner("a", log))
    assert(handle:readStart())
    handle:write("x")
    seen(1)
    assert.same({ "a", "read", "x" }, log[1])
    handle:close()
  end)

  it("is let go of at the end, told or not", function()
    local weak = setmetatable({}, { __mode = "k" })
    for _, tell in ipairs({ true, false }) do
      local handle = assert(core.tcp())
      local object = owner("a", log)
      weak[object] = true
      handle:attach(object)
      handle:close(tell)
    end
    seen(1)
    testing.run(function() return #core.open_objects() == 1 end) -- the server
    assert.same({ "a closed" }, names_of(log))
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(weak))
  end)
end)
