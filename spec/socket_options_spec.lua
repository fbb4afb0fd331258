--- What Node's net has had since the reference: type of service, onread, bound sockets, shared ports.

local lfs = require("lfs")
local net = require("net")
local raised = require("spec.support.raised")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")

local HOST = sockets.HOST
local serve = sockets.serve

describe("type of service", function()
  testing.leakCheck(before_each, after_each)

  it("is what was set, before there is a connection and with it", function()
    local server, port = serve(function(socket) socket:resume() end)
    local socket = net.Socket()
    assert.equal(0, socket:getTypeOfService())
    assert.equal(socket, socket:setTypeOfService(0x10))
    assert.equal(0x10, socket:getTypeOfService())
    socket:connect(port, HOST)
    assert.equal(0x10, socket:getTypeOfService())
    testing.wait(socket, "connect")
    assert.equal(0x10, socket:getTypeOfService())
    socket:setTypeOfService(0x20)
    assert.equal(0x20, socket:getTypeOfService())
    socket:destroy()
    assert.equal(0x20, socket:getTypeOfService())
    local other = net.connect({ port = port, host = HOST, typeOfService = 8 })
    testing.wait(other, "connect")
    assert.equal(8, other:getTypeOfService())
    other:destroy()
    server:close()
  end)

  it("is IPv6's traffic class, too, and nothing where there is none", function()
    local server = net.createServer(function(socket) socket:resume() end):listen(0, "::1")
    testing.wait(server, "listening")
    local socket = net.connect({ port = server:address().port, host = "::1", typeOfService = 0x10 })
    testing.wait(socket, "connect")
    assert.equal(0x10, socket:getTypeOfService())
    socket:destroy()
    server:close()
    local client, accepted = testing.pair({ ipc = true })
    if not client._handle:isTcp() then
      client:setTypeOfService(5)
      assert.equal(5, client:getTypeOfService())
    end
    client:destroy()
    accepted:destroy()
  end)

  it("is a number from 0 to 255", function()
    local socket = net.Socket()
    for _, wrong in ipairs({ -1, 256, 1.5, math.huge }) do
      assert.equal("ERR_OUT_OF_RANGE", raised(socket.setTypeOfService, socket, wrong).code)
      assert.equal("ERR_OUT_OF_RANGE", raised(net.Socket, { typeOfService = wrong }).code)
    end
    for _, wrong in ipairs({ "1", {}, true, 0 / 0 }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(socket.setTypeOfService, socket, wrong).code)
      assert.equal("ERR_INVALID_ARG_TYPE", raised(net.Socket, { typeOfService = wrong }).code)
    end
    assert.equal("ERR_INVALID_ARG_TYPE", raised(socket.setTypeOfService, socket).code)
    assert.equal(0, socket:getTypeOfService())
  end)
end)

describe("keep-alive", function()
  testing.leakCheck(before_each, after_each)

  -- What the handle was asked for.
  local function watch(socket)
    local asked, handle = {}, socket._handle
    socket._handle = setmetatable({}, { __index = function(_, name)
      return function(_, ...)
        if name == "keepalive" then asked[#asked + 1] = { ... } end
        return handle[name](handle, ...)
      end
    end })
    return asked, function() socket._handle = handle end
  end

  it("takes an interval and a count, one by one or in a table, and is set once for the same", function()
    local client, accepted = testing.pair()
    local asked, restore = watch(client)
    client:setKeepAlive(true, 5000)
    client:setKeepAlive(true, 5000, 1000, 10)
    client:setKeepAlive({ enable = true, initialDelay = 5000, interval = 3999, count = 4 })
    client:setKeepAlive(true, 5000, 0, -1)
    client:setKeepAlive(true, 0 / 0, math.huge, math.huge)
    client:setKeepAlive({})
    client:setKeepAlive(false, 1)
    restore()
    assert.same({
      { true, 5, 1, 10 }, { true, 5, 3, 4 }, { true, 5, 0, 0 }, { true, 0, 0, 127 }, { false, 0, 1, 10 },
    }, asked)
    client:destroy()
    accepted:destroy()
  end)

  it("is accepted by the system from the options of sockets and servers", function()
    local options = { keepAlive = true, keepAliveInitialDelay = 7000, keepAliveInterval = 2000, keepAliveCount = 3 }
    local server, port = serve(options)
    options.port, options.host = port, HOST
    local client = net.connect(options)
    local accepted = testing.wait(server, "connection")
    testing.run(function() return not client.connecting end)
    for _, socket in ipairs({ client, accepted }) do
      assert.is_true(socket._handle:keepalive(true, 7, 2, 3))
      assert.same({ on = true, delay = 7, interval = 2, count = 3 }, socket._keepAlive)
    end
    client:destroy()
    accepted:destroy()
    server:close()
    for _, name in ipairs({ "keepAliveInitialDelay", "keepAliveInterval", "keepAliveCount" }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(net.Socket, { keepAlive = true, [name] = "1" }).code)
      assert.equal("ERR_INVALID_ARG_TYPE", raised(net.createServer, { keepAlive = true, [name] = "1" }).code)
    end
  end)

  it("is nothing to a unix socket, nor is noDelay, whoever asks for it", function()
    local client, peer = testing.pair({ ipc = true, keepAlive = true, noDelay = true })
    client:setKeepAlive(true)
    client:write("x")
    assert.equal("x", testing.wait(peer, "data"))
    client:destroy()
    peer:destroy()
  end)
end)

describe("resetAndDestroy", function()
  testing.leakCheck(before_each, after_each)

  it("that was asked for while one connection was sought closes the next one, over a unix socket too", function()
    local server = net.createServer(function(peer) peer:resume() end)
    local path, port = testing.tmpPath(), testing.freePort()
    server:listen(path)
    testing.wait(server, "listening")
    local socket, err = net.Socket(), nil
    socket:on("error", function(raised_error) err = raised_error end)
    socket:connect(port, "127.0.0.1")
    socket:resetAndDestroy()
    testing.wait(socket, "close")
    assert.equal("ECONNREFUSED", err.code)
    err = nil
    socket:connect(path)
    testing.wait(socket, "close")
    assert.is_nil(err)
    assert.is_nil(socket._handle)
    server:close()
  end)
end)

describe("onread", function()
  testing.leakCheck(before_each, after_each)

  it("gets what is read, past the stream; end and close come as always", function()
    local server, port = serve(function(socket)
      socket:write("one")
      net.timers.setTimeout(function() socket:finish("two") end, 10)
    end)
    local got = {}
    local socket = net.connect({ port = port, host = HOST, onread = function(data) got[#got + 1] = data end })
    for _, event in ipairs({ "data", "end", "close" }) do
      socket:on(event, function() got[#got + 1] = "event " .. event end)
    end
    testing.wait(socket, "close")
    assert.equal("onetwo|event end|event close", table.concat(got, "|"):gsub("one|two", "onetwo"))
    assert.equal(6, socket.bytesRead)
    server:close()
  end)

  it("stops with false, and with pause, and goes on with resume", function()
    local server, port = serve()
    local got, answer = {}, false
    local socket = net.connect({ port = port, host = HOST, onread = { callback = function(data)
      got[#got + 1] = data
      return answer
    end } })
    local accepted = testing.wait(server, "connection")
    accepted:write("one")
    testing.run(function() return got[1] end)
    accepted:write("two")
    local waited = false
    net.timers.setTimeout(function() waited = true end, 30)
    testing.run(function() return waited end)
    assert.same({ "one" }, got)
    answer = nil
    assert.equal(socket, socket:resume())
    testing.run(function() return got[2] end)
    assert.equal(socket, socket:pause())
    accepted:write("three")
    waited = false
    net.timers.setTimeout(function() waited = true end, 30)
    testing.run(function() return waited end)
    assert.same({ "one", "two" }, got)
    socket:resume()
    testing.run(function() return got[3] end)
    -- What is written goes its usual way.
    local chunks = sockets.collect(accepted)
    socket:finish("back")
    testing.run(function() return table.concat(chunks) == "back" end)
    server:close()
    testing.run()
  end)

  it("is a function, or a table with one", function()
    for _, wrong in ipairs({ 5, "x", {}, { callback = 5 } }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(net.Socket, { onread = wrong }).code)
    end
  end)
end)

describe("net.BoundSocket", function()
  testing.leakCheck(before_each, after_each)

  local BoundSocket = net.BoundSocket

  it("has its address from the start, and is taken over by a server", function()
    for _, form in ipairs({ function(bound) return bound end, function(bound) return { handle = bound } end }) do
      local bound = BoundSocket({ host = HOST })
      local address = bound:address()
      assert.same({ HOST, "IPv4" }, { address.address, address.family })
      assert.is_true(address.port > 0)
      assert.is_true(bound:fd() ~= 0)
      assert.is_false(bound.isPipe)
      local server = net.createServer(function(socket) socket:finish("hello") end)
      local listening
      server:listen(form(bound), function() listening = true end)
      testing.run(function() return listening end)
      assert.same(address, server:address())
      for _, method in ipairs({ "address", "fd", "close" }) do
        assert.equal("ERR_SOCKET_HANDLE_ADOPTED", raised(bound[method], bound).code)
      end
      assert.equal("ERR_SOCKET_HANDLE_ADOPTED", raised(function() net.createServer():listen(bound) end).code)
      assert.equal("ERR_SOCKET_HANDLE_ADOPTED", raised(net.Socket, { handle = bound }).code)
      local chunks = sockets.collect(net.connect(address.port, HOST))
      testing.run(function() return chunks[1] end)
      server:close()
    end
  end)

  it("is where a socket connects from", function()
    local server, port = serve(function(socket) socket:finish("hello") end)
    local bound = BoundSocket({ host = HOST })
    local own = bound:address().port
    local socket = net.Socket({ handle = bound })
    assert.is_false(socket.connecting)
    socket:connect(port, HOST)
    assert.equal(own, socket.localPort) -- at once
    local chunks = sockets.collect(socket)
    testing.wait(socket, "close")
    assert.equal("hello", table.concat(chunks))
    -- Connected again, it is a socket as any other.
    socket:connect(port, HOST)
    testing.wait(socket, "connect")
    testing.wait(socket, "close")

    local other = net.connect({ handle = BoundSocket(), port = port, host = "localhost", family = 4 })
    testing.wait(other, "connect")
    other:resume()
    testing.wait(other, "close")
    local refused = net.Socket({ handle = BoundSocket() })
    for _, option in ipairs({ "localAddress", "localPort" }) do
      local options = { port = port, host = HOST, [option] = option == "localPort" and 5 or HOST }
      assert.equal("ERR_INVALID_ARG_VALUE", raised(refused.connect, refused, options).code)
    end
    refused:destroy()
    -- What cannot be is told by an event.
    local mixed = net.Socket({ handle = BoundSocket({ host = HOST }) })
    mixed:connect(port, "::1")
    assert.equal("connect", testing.wait(mixed, "error").syscall)
    server:close()
  end)

  it("can be bound to a path", function()
    local path, from = testing.tmpPath(), testing.tmpPath()
    local bound = BoundSocket({ path = path })
    assert.is_true(bound.isPipe)
    assert.equal(path, bound:address())
    bound:close()
    testing.run()
    assert.is_nil(lfs.attributes(path))
    bound = BoundSocket({ path = path })
    local server = net.createServer(function(socket) socket:pipe(socket) end)
    server:listen(bound)
    testing.wait(server, "listening")
    assert.equal(path, server:address())
    local socket = net.Socket({ handle = BoundSocket({ path = from }) })
    socket:connect(path)
    assert.equal(from, socket.localAddress)
    testing.wait(socket, "connect")
    assert.equal(from, socket.localAddress)
    local chunks = sockets.collect(socket)
    socket:finish("hello")
    testing.wait(socket, "close")
    assert.equal("hello", table.concat(chunks))
    server:close()
    testing.run()
    assert.is_nil(lfs.attributes(path))
    assert.is_nil(lfs.attributes(from))
  end)

  it("is released by close, by the collector and at a block's end", function()
    local bound = BoundSocket()
    bound:close()
    assert.equal("ERR_SOCKET_HANDLE_ADOPTED", raised(bound.close, bound).code)
    BoundSocket()
    collectgarbage()
    collectgarbage()
    getmetatable(bound).__close(bound)
    bound = BoundSocket()
    getmetatable(bound).__close(bound)
    assert.equal("ERR_SOCKET_HANDLE_ADOPTED", raised(bound.address, bound).code)
    testing.run()
  end)

  it("refuses what cannot be bound", function()
    local function code(options) return raised(BoundSocket, options).code end
    for _, wrong in ipairs({ 5, "x", { host = 5 }, { ipv6Only = 1 }, { reusePort = 1 }, { path = 5 } }) do
      assert.equal("ERR_INVALID_ARG_TYPE", code(wrong))
    end
    for _, port in ipairs({ -1, "x", 65536, 1.5 }) do
      assert.equal("ERR_SOCKET_BAD_PORT", code({ port = port }))
    end
    for _, host in ipairs({ "localhost", "" }) do
      assert.equal("ERR_INVALID_ARG_VALUE", code({ host = host }))
    end
    for _, name in ipairs({ "host", "port", "ipv6Only", "reusePort" }) do
      assert.equal("ERR_INVALID_ARG_VALUE", code({ path = "/tmp/x", [name] = false }))
    end
    local err = raised(BoundSocket, { host = "192.0.2.1" })
    assert.same({ "EADDRNOTAVAIL", "bind", "192.0.2.1" }, { err.code, err.syscall, err.address })
    err = raised(BoundSocket, { path = "/tmp/" .. ("x"):rep(200) })
    assert.same({ "ENAMETOOLONG", "bind" }, { err.code, err.syscall })
    local server, port = serve()
    assert.equal("EADDRINUSE", code({ host = HOST, port = port }))
    server:close()
    testing.run()
  end)
end)

describe("reusePort", function()
  testing.leakCheck(before_each, after_each)

  it("lets servers listen on one port that all ask for it", function()
    local first, second, third = net.createServer(), net.createServer(), net.createServer()
    first:listen({ port = 0, host = HOST, reusePort = true })
    local err
    first:on("error", function(e) err = e end)
    testing.run(function() return first.listening and first:address() or err end)
    if err then
      assert.equal("ENOTSUP", err.code)
      return
    end
    local port = first:address().port
    second:listen({ port = port, host = HOST, reusePort = true })
    testing.wait(second, "listening")
    third:listen({ port = port, host = HOST })
    assert.equal("EADDRINUSE", testing.wait(third, "error").code)
    first:close()
    second:close()
    local bound = net.BoundSocket({ reusePort = true })
    bound:close()
    testing.run()
  end)
end)

describe("a socket's end", function()
  testing.leakCheck(before_each, after_each)

  it("comes with destroySoon once all is written", function()
    local client, accepted = testing.pair()
    local text = ("x"):rep(1000000)
    local chunks = sockets.collect(accepted)
    client:write(text)
    client:destroySoon()
    assert.is_true(client.writableEnded)
    assert.is_false(client.destroyed)
    testing.wait(accepted, "end")
    assert.equal(#text, #table.concat(chunks))
    testing.run()
    assert.is_true(client.destroyed)
    -- Of one that has finished, at once.
    client, accepted = testing.pair({ allowHalfOpen = true })
    client:finish()
    testing.wait(client, "finish")
    client:destroySoon()
    assert.is_true(client.destroyed)
    accepted:destroy()
  end)

  it("is told by closed and errored", function()
    local client, accepted = testing.pair()
    assert.is_false(client.closed)
    assert.is_nil(client.errored)
    assert.equal("IPv4", client.localFamily)
    assert.is_nil(client.timeout)
    client:setTimeout(5000)
    assert.equal(5000, client.timeout)
    local err = net.errors("mine")
    client:destroy(err)
    assert.equal(err, client.errored)
    assert.equal(err, testing.wait(client, "error"))
    testing.run()
    assert.is_true(client.closed)
    assert.is_nil(client.localFamily)
    accepted:destroy()
  end)
end)
