--- What ends sockets and servers from outside: signals, and lists of blocked addresses.

local net = require("net")
local raised = require("spec.support.raised")
local record = require("spec.support.record")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")

local AbortController, AbortSignal = net.AbortController, net.AbortSignal
local HOST = sockets.HOST

describe("a signal", function()
  testing.leakCheck(before_each, after_each)

  local controller, signal
  before_each(function()
    controller = AbortController()
    signal = controller.signal
  end)

  it("destroys a connected socket, and is let go with it", function()
    local server, port = sockets.serve(function(socket) socket:on("error", function() end):resume() end)
    local socket = net.connect({ port = port, host = HOST, signal = signal })
    testing.wait(socket, "connect")
    assert.equal(1, signal:listenerCount("abort"))
    controller:abort("why")
    local err = testing.wait(socket, "error")
    assert.is_true(net.errors.AbortError:isInstance(err))
    assert.same({ "AbortError", "ABORT_ERR", "why" }, { err.name, err.code, err.cause })
    assert.equal("AbortError: The operation was aborted", tostring(err))
    assert.equal(0, signal:listenerCount("abort"))
    server:close()
  end)

  it("is let go when the socket is destroyed otherwise", function()
    local socket = net.Socket({ signal = signal })
    local other = AbortController()
    socket:connect({ port = 1, host = HOST, signal = other.signal })
    assert.equal(1, signal:listenerCount("abort"))
    assert.equal(1, other.signal:listenerCount("abort"))
    assert.equal("ECONNREFUSED", testing.wait(socket, "error").code)
    assert.equal(0, signal:listenerCount("abort"))
    assert.equal(0, other.signal:listenerCount("abort"))
  end)

  it("ends what connects or is looked up", function()
    for _, options in ipairs({ { host = HOST }, { lookup = function() end } }) do
      options.port, options.signal = 1, AbortSignal.timeout(1)
      if options.host then options.signal = AbortController().signal end
      local one = AbortController()
      options.signal = one.signal
      local socket = net.connect(options)
      one:abort()
      local log = record(socket, {}, "")
      assert.equal("ABORT_ERR", testing.wait(socket, "error").code)
      testing.run()
      assert.is_nil(table.concat(log, " "):find("connect ", 1, true))
    end
  end)

  it("that was aborted before lets nothing begin", function()
    for _, make in ipairs({
      function() return net.Socket({ signal = AbortSignal.abort() }) end,
      function() return net.connect({ port = 1, host = HOST, signal = AbortSignal.abort() }) end,
      function() return net.Socket():connect({ port = 1, host = HOST, signal = AbortSignal.abort() }) end,
    }) do
      local socket = make()
      assert.is_true(socket.destroyed)
      assert.is_nil(socket._handle)
      local closes = 0
      socket:on("close", function() closes = closes + 1 end)
      assert.equal("ABORT_ERR", testing.wait(socket, "error").code)
      testing.run()
      assert.equal(1, closes)
    end
  end)

  it("closes a server, and is let go with it", function()
    local server = net.createServer()
    server:listen({ port = 0, host = HOST, signal = signal })
    testing.wait(server, "listening")
    assert.equal(1, signal:listenerCount("abort"))
    controller:abort()
    assert.is_false(server.listening)
    testing.wait(server, "close")
    -- One that is closed by itself.
    local other = AbortController()
    server:listen({ port = 0, signal = other.signal })
    server:close()
    testing.wait(server, "close")
    assert.equal(0, other.signal:listenerCount("abort"))
    -- One that never came to listen.
    local log = record(server, {}, "")
    server:listen({ port = 0, signal = AbortSignal.abort() })
    testing.run()
    assert.is_nil(table.concat(log, " "):find("listening", 1, true))
    assert.truthy(table.concat(log, " "):find("close", 1, true))
  end)

  it("ends a lookup", function()
    local got = {}
    net.dns.lookup("localhost", { signal = signal }, function(...) got[#got + 1] = { n = select("#", ...), ... } end)
    controller:abort("why")
    testing.run()
    assert.equal(1, #got)
    assert.same({ "ABORT_ERR", "why" }, { got[1][1].code, got[1][1].cause })
    net.dns.lookup("localhost", { signal = signal }, function(err) got[2] = err.code end)
    assert.is_nil(got[2])
    testing.run()
    assert.equal("ABORT_ERR", got[2])
    local other = AbortController()
    net.dns.lookup("127.0.0.1", { signal = other.signal }, function(_, address) got[3] = address end)
    testing.run()
    assert.equal("127.0.0.1", got[3])
    assert.equal(0, other.signal:listenerCount("abort"))
  end)

  it("is a signal", function()
    for _, wrong in ipairs({ "x", 5, {}, { aborted = false } }) do
      for _, call in ipairs({
        function() net.Socket({ signal = wrong }) end,
        function() net.connect({ port = 1, signal = wrong }) end,
        function() net.Socket():connect({ port = 1, signal = wrong }) end,
        function() net.createServer():listen({ port = 0, signal = wrong }) end,
        function() net.dns.lookup("x", { signal = wrong }, function() end) end,
      }) do
        assert.equal("ERR_INVALID_ARG_TYPE", raised(call).code)
      end
    end
  end)
end)

describe("blockList", function()
  testing.leakCheck(before_each, after_each)

  local list
  before_each(function()
    list = net.BlockList()
    list:addAddress(HOST)
  end)

  it("of a server drops connections, and says so", function()
    local server, port = sockets.serve({ blockList = list }, function() error("not to be taken") end)
    assert.equal(list, server.blockList)
    local dropped
    server:on("drop", function(data) dropped = data end)
    local socket = net.connect(port, HOST)
    local closed = false
    socket:on("error", function() end):on("close", function() closed = true end):resume()
    testing.run(function() return dropped and closed end)
    assert.equal("blockList", dropped.reason)
    assert.same({ HOST, "IPv4" }, { dropped.remoteAddress, dropped.remoteFamily })
    -- The rules may change.
    list:clear()
    server:removeAllListeners("connection")
    server:on("connection", function(accepted) accepted:finish("hello") end)
    socket = net.connect(port, HOST)
    local chunks = sockets.collect(socket)
    testing.wait(socket, "close")
    assert.equal("hello", table.concat(chunks))
    server.maxConnections = 0
    socket = net.connect(port, HOST)
    socket:on("error", function() end):resume()
    testing.run(function() return dropped.reason == "maxConnections" end)
    server:close()
  end)

  it("of a server finds an IPv4 address that comes mapped into IPv6", function()
    local server = net.createServer({ blockList = list })
    server:listen(0)
    testing.wait(server, "listening")
    local dropped
    server:on("drop", function(data) dropped = data end)
    net.connect(server:address().port, HOST):on("error", function() end):resume()
    testing.run(function() return dropped end)
    assert.equal("blockList", dropped.reason)
    server:close()
  end)

  it("of a server lets pass what has no address", function()
    list:addCIDRs({ "0.0.0.0/0", "::/0" })
    local path = testing.tmpPath()
    local server = net.createServer({ blockList = list }, function(socket) socket:finish("hello") end)
    server:listen(path)
    local chunks = sockets.collect(net.connect(path))
    testing.run(function() return chunks[1] end)
    server:close()
  end)

  it("of a socket refuses to connect, after the attempt was announced", function()
    for _, host in ipairs({ HOST, "blocked.example" }) do
      local socket = net.Socket({ blockList = list })
      assert.equal(list, socket.blockList)
      local log = {}
      socket:on("connectionAttempt", function(address) log[#log + 1] = address end)
      socket:connect({ port = 1, host = host, lookup = function(_, _, callback) callback(nil, HOST, 4) end })
      local err = testing.wait(socket, "error")
      assert.equal("Error [ERR_IP_BLOCKED]: IP(127.0.0.1) is blocked by net.BlockList", tostring(err))
      assert.same({ HOST }, log)
    end
  end)

  it("of a socket is asked for each of several addresses", function()
    local server, port = sockets.serve()
    local socket = net.connect({
      port = port, host = "x", blockList = list,
      lookup = function(_, _, callback)
        net.timers.nextTick(callback, nil, {
          { address = HOST, family = 4 }, { address = "127.0.0.9", family = 4 },
        })
      end,
    })
    local failed = {}
    socket:on("connectionAttemptFailed", function(address, _, _, err) failed[#failed + 1] = address .. err.code end)
    local err = testing.wait(socket, "error")
    assert.equal("AggregateError", err.name)
    assert.same({ "127.0.0.1ERR_IP_BLOCKED", "127.0.0.9ECONNREFUSED" }, failed)
    server:close()
  end)

  it("is a BlockList", function()
    for _, wrong in ipairs({ {}, "x", 5, true }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(net.Socket, { blockList = wrong }).code)
      assert.equal("ERR_INVALID_ARG_TYPE", raised(net.createServer, { blockList = wrong }).code)
    end
  end)
end)
