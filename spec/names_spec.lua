--- What names a host, a path or an address reaches the system whole, or not at all.

local net = require("uvnet")
local testing = require("uvnet.testing")

local HOST = "127.0.0.1"

local function first_line(command)
  local pipe = io.popen(command .. " 2>/dev/null")
  local line = pipe and pipe:read("*l")
  if pipe then pipe:close() end
  return line
end

local is_linux = not package.config:find("^\\") and first_line("uname -s") == "Linux"

describe("a NUL in a name", function()
  testing.leakCheck(before_each, after_each)

  it("is refused in a host, at the call, and nothing is left half-made", function()
    local server = net.createServer()
    for call, name in pairs({
      [function() net.connect({ port = 1, host = "localhost\0.example" }) end] = "options.host",
      [function() net.connect(1, HOST .. "\0") end] = "options.host",
      [function() net.Socket():connect({ port = 1, host = "\0" }) end] = "options.host",
      [function() net.dns.lookup("localhost\0.example", function() end) end] = "hostname",
      [function() net.dns.lookup("localhost\0", { all = true }, function() end) end] = "hostname",
      [function() server:listen(0, "localhost\0.example", function() end) end] = "hostname",
    }) do
      local ok, err = pcall(call)
      assert.is_false(ok)
      assert.equal("ERR_INVALID_ARG_VALUE", err.code)
      assert.is_truthy(err.message:find("'" .. name .. "' must be a string without null bytes", 1, true), err.message)
    end
    assert.equal(0, server:listenerCount("listening"))
    assert.is_false(server.listening)
    server:listen(0, HOST) -- it can, still
    testing.run(function() return server.listening end)
    server:close()
  end)

  it("is an error of a path, and no other file is made", function()
    local path = os.tmpname()
    os.remove(path)
    local server = net.createServer():listen(path .. "\0.s")
    assert.equal("EINVAL", testing.wait(server, "error").code)
    assert.is_nil(io.open(path))
    local socket = net.connect(path .. "\0.s")
    assert.equal("EINVAL", testing.wait(socket, "error").code)
    testing.wait(socket, "close")
  end)

  it("is an error of an address that a lookup of the user's own gives", function()
    local socket = net.connect({
      port = 1,
      host = "x.example",
      lookup = function(_, _, callback) callback(nil, HOST .. "\0x", 4) end,
    })
    assert.equal("ERR_INVALID_IP_ADDRESS", testing.wait(socket, "error").code)
    testing.wait(socket, "close")
  end)
end)

describe("an abstract unix socket", function()
  testing.leakCheck(before_each, after_each)

  local name = "\0uvnet." .. os.tmpname() .. "\0 and more"

  it("is listened on and connected to, and has no file", function()
    if not is_linux then return pending("Linux has them") end
    local server = net.createServer(function(socket) socket:pipe(socket) end)
    server:listen(name)
    testing.wait(server, "listening")
    assert.equal(name, server:address())
    local second = net.createServer():listen(name)
    assert.equal("EADDRINUSE", testing.wait(second, "error").code)
    local client = net.connect(name)
    client:write("early")
    assert.is_true(client.connecting)
    testing.wait(client, "connect")
    assert.equal("early", testing.wait(client, "data"))
    client:finish("late")
    assert.equal("late", testing.wait(client, "data"))
    testing.wait(client, "close")
    server:close()
    testing.wait(server, "close")
  end)

  it("is refused where nobody listens, where it is too long, and where it is given up at once", function()
    if not is_linux then return pending("Linux has them") end
    local client = net.connect(name)
    assert.equal("ECONNREFUSED", testing.wait(client, "error").code)
    local server = net.createServer():listen("\0" .. ("x"):rep(108))
    assert.equal("EINVAL", testing.wait(server, "error").code)
    local longest = net.createServer():listen("\0" .. ("x"):rep(107))
    testing.wait(longest, "listening")
    local gone = net.connect("\0" .. ("x"):rep(107))
    gone:on("connect", function() error("it was destroyed") end)
    gone:destroy()
    testing.wait(gone, "close")
    longest:close()
    testing.wait(longest, "close")
  end)
end)

describe("who may connect to a path", function()
  testing.leakCheck(before_each, after_each)

  for options, expected in pairs({
    ["readableAll"] = "srwxr-xr-x",
    ["writableAll"] = "srwxrwxrwx",
    ["readableAll writableAll"] = "srwxrwxrwx",
  }) do
    it("is the same with every libuv: " .. options, function()
      if not is_linux then return pending("the modes are those of Linux") end
      if first_line("umask") ~= "0022" then return pending("the umask is another") end
      local path = os.tmpname() .. ".s"
      local server = net.createServer():listen({
        path = path,
        readableAll = options:find("readable") ~= nil,
        writableAll = options:find("writable") ~= nil,
      })
      testing.wait(server, "listening")
      assert.equal(expected, first_line("stat -c %A " .. path))
      server:close()
      testing.wait(server, "close")
    end)
  end
end)

describe("a connected socket", function()
  local server, peers

  before_each(function()
    peers = {}
    server = net.createServer(function(socket)
      peers[#peers + 1] = socket
      socket.got = ""
      socket:on("data", function(chunk) socket.got = socket.got .. chunk end)
      socket:on("error", function() end)
    end)
    server:listen(0, HOST)
    testing.wait(server, "listening")
  end)

  after_each(function()
    for _, peer in ipairs(peers) do
      peer:destroy()
    end
    server:close()
  end)

  testing.leakCheck(before_each, after_each)

  it("that is connected again writes when that has come to its end, not before", function()
    local client = net.connect(server:address().port, HOST)
    testing.wait(client, "connect")
    client:write("one")
    testing.run(function() return peers[1] and peers[1].got == "one" end)
    local order = {}
    client:on("error", function() order[#order + 1] = "error" end)
    client:on("connect", function() order[#order + 1] = "connect" end)
    client:connect(server:address().port, HOST)
    client:write("two", function() order[#order + 1] = "written" end)
    assert.is_true(client.connecting)
    assert.equal(3, client.writableLength)
    testing.run(function() return #order >= 2 end)
    -- Linux says once that it is connected, other systems that it was already.
    assert.is_true(order[1] == "connect" or order[1] == "error")
    client:destroy()
    testing.wait(client, "close")
  end)

  it("that is piped to and has no `write` of its own any more is written to by its class's", function()
    local source, target = net.connect(server:address().port, HOST), net.connect(server:address().port, HOST)
    testing.run(function() return #peers == 2 and not source.connecting and not target.connecting end)
    local from = peers[1].remotePort == source.localPort and peers[1] or peers[2]
    local seen, count = {}, 0
    source:on("data", function(chunk) count = count + #chunk end)
    source:pipe(target)
    source:removeAllListeners("data")
    source:unpipe(target)
    source:pipe(target)
    for i = 1, 3 do
      from:write("x")
      testing.run(function() return source.bytesRead == i end)
    end
    local original = net.Socket.write
    rawset(target, "write", nil)
    net.Socket.write = function(self, data, ...)
      if self == target then seen[#seen + 1] = data end
      return original(self, data, ...)
    end
    from:write("y")
    testing.run(function() return source.bytesRead == 4 end)
    net.Socket.write = original
    assert.same({ "y" }, seen)
    source:destroy()
    target:destroy()
  end)
end)
