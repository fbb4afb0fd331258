local child = require("spec.support.child")
local net = require("net")
local record = require("spec.support.record")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")

local HOST = sockets.HOST
local raised = sockets.raised
local serve = sockets.serve

describe("net.Socket", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  describe("when new", function()
    it("is a Duplex and an EventEmitter that is connected to nothing", function()
      local socket = net.Socket()
      assert.is_true(net.Socket:isInstance(socket))
      assert.is_true(net.stream.Duplex:isInstance(socket))
      assert.is_true(net.events:isInstance(socket))
      assert.is_false(socket.connecting)
      assert.is_false(socket.destroyed)
      assert.is_true(socket.pending)
      assert.equal("open", socket.readyState)
      assert.same({}, socket:address())
      assert.is_nil(socket.remoteAddress)
      assert.is_nil(socket.remotePort)
      assert.is_nil(socket.remoteFamily)
      assert.is_nil(socket.localAddress)
      assert.is_nil(socket.localPort)
      assert.equal(0, socket.bytesRead)
      assert.equal(0, socket.bytesWritten)
      assert.equal(0, socket.bufferSize)
    end)

    it("emits close with a boolean when it is destroyed, later", function()
      local socket = net.Socket()
      local log = record(socket)
      assert.equal(socket, socket:destroy())
      assert.is_true(socket.destroyed)
      assert.same({}, log)
      testing.run()
      assert.same({ "close:false" }, log)
    end)

    it("emits error ERR_SOCKET_CLOSED when something is written", function()
      local socket = net.Socket()
      local log = record(socket)
      assert.is_false(socket:write("x"))
      testing.run()
      assert.same({ "error:ERR_SOCKET_CLOSED", "close:true" }, log)
    end)

    it("has the methods that return it return it", function()
      local socket = net.Socket()
      assert.equal(socket, socket:pause())
      assert.equal(socket, socket:resume())
      assert.equal(socket, socket:setEncoding("utf8"))
      assert.equal(socket, socket:setNoDelay())
      assert.equal(socket, socket:setNoDelay(false))
      assert.equal(socket, socket:setKeepAlive(true, 1000))
      assert.equal(socket, socket:setKeepAlive())
      assert.equal(socket, socket:setTimeout(0))
      assert.equal(socket, socket:ref())
      assert.equal(socket, socket:unref())
      assert.equal(socket, socket:destroy())
      testing.run()
    end)

    it("refuses object mode", function()
      local err = raised(net.Socket, { objectMode = true })
      assert.equal("ERR_INVALID_ARG_VALUE", err.code)
      assert.equal("The property 'options.objectMode' is not supported. Received true", err.message)
    end)
  end)

  describe("with a `_construct`", function()
    it("has it called in the next tick, and goes on meanwhile, as Node's does", function()
      local log = {}
      local Mine = net.Socket:extend("Mine")
      function Mine._construct(self, callback)
        log[#log + 1] = self.connecting and "construct" or "too early or late"
        net.timers.setTimeout(callback, 5)
      end
      local server = net.createServer(function(socket) socket:pipe(socket) end)
      server:listen(0, "127.0.0.1")
      testing.wait(server, "listening")
      local socket = Mine()
      socket:connect(server:address().port, "127.0.0.1")
      socket:on("data", function(data) log[#log + 1] = data end)
      socket:finish("hello")
      assert.same({}, log)
      testing.wait(socket, "close")
      assert.same({ "construct", "hello" }, log)
      server:close()
      testing.run()
    end)

    it("is destroyed by the error that it calls back with or raises", function()
      local boom = net.errors("boom")
      for _, construct in ipairs({ function(_, callback) callback(boom) end, function() error(boom, 0) end }) do
        local Mine = net.Socket:extend("Mine")
        Mine._construct = construct
        local made = { Mine(), Mine({ allowHalfOpen = true }), net.Socket({ construct = construct }) }
        local seen = {}
        for i, socket in ipairs(made) do
          socket:on("error", function(err) seen[i] = err end)
        end
        testing.run()
        for i, socket in ipairs(made) do
          assert.equal(boom, seen[i])
          assert.is_true(socket.closed)
        end
      end
    end)

    it("is a connection that was accepted, too, where all sockets have one", function()
      local seen = {}
      function net.Socket._construct(self, callback)
        seen[#seen + 1] = self
        callback()
      end
      local client, accepted = testing.pair()
      net.Socket._construct = nil
      assert.equal(2, #seen)
      assert.is_true(seen[1] == accepted or seen[2] == accepted)
      client:destroy()
      accepted:destroy()
    end)
  end)

  describe("whose state is set", function()
    it("is readable, writable, flowing or destroyed as it was set, past the fast paths, too", function()
      local client, accepted = testing.pair()
      local got = {}
      accepted:on("data", function(data) got[#got + 1] = data end)
      client:write("one")
      testing.run(function() return got[1] end)
      accepted.readableFlowing = false
      client:write("two")
      testing.run(function() return accepted.readableLength > 0 end)
      assert.same({ "one" }, got)
      assert.equal("two", accepted:read())
      accepted.readable, accepted.writable = false, false
      assert.equal("closed", accepted.readyState)
      accepted.readable, accepted.writable = true, true
      assert.equal("open", accepted.readyState)
      client.destroyed = true
      assert.is_true(client.destroyed)
      assert.is_false(client:write("three"))
      client.destroyed = false
      assert.is_false(client.destroyed)
      client:destroy()
      accepted:destroy()
    end)
  end)

  describe("errors of a connection", function()
    it("have Node's fields", function()
      local client, accepted = testing.pair()
      accepted:resetAndDestroy()
      local err = testing.wait(client, "error")
      assert.equal("Error: read ECONNRESET", tostring(err))
      assert.equal("ECONNRESET", err.code)
      assert.equal("read", err.syscall)
      assert.is_true(err.errno < 0)
      testing.run()
    end)

    it("come out of the loop where nobody listens, and the socket is closed none the less", function()
      local client, accepted = testing.pair()
      local closed
      client:on("close", function(had_error) closed = had_error end)
      accepted:resetAndDestroy()
      assert.equal("ECONNRESET", raised(testing.run).code)
      testing.run()
      assert.is_true(closed)
    end)

    it("of a unix socket include a peer that went with unread data", function()
      local client, accepted = testing.pair({ ipc = true, server = { pauseOnConnect = true } })
      client:write("unread")
      accepted:destroy()
      local log = record(client)
      testing.run()
      assert.same({ "error:ECONNRESET", "close:true" }, log)
    end)
  end)

  describe("addresses", function()
    it("are those of both ends, and the client's are the server's the other way round", function()
      local client, accepted = testing.pair()
      assert.equal(HOST, client.remoteAddress)
      assert.equal(HOST, client.localAddress)
      assert.equal("IPv4", client.remoteFamily)
      assert.equal("IPv4", client.localFamily)
      assert.equal(client.localPort, accepted.remotePort)
      assert.equal(client.remotePort, accepted.localPort)
      assert.same({ address = HOST, port = client.localPort, family = "IPv4" }, client:address())
      if math.type then assert.equal("integer", math.type(client.localPort)) end
      client:destroy()
      accepted:destroy()
    end)

    it("of IPv6 are IPv6", function()
      local server = net.createServer()
      local refused
      server:on("error", function(err) refused = err end)
      server:listen(0, "::1")
      testing.run(function() return server.listening or refused end)
      if refused then return pending("no IPv6 here: " .. refused.message) end
      local client = net.connect(server:address().port, "::1")
      local accepted = testing.wait(server, "connection")
      assert.equal("::1", accepted.remoteAddress)
      assert.equal("IPv6", accepted.remoteFamily)
      assert.equal("IPv6", accepted:address().family)
      client:destroy()
      accepted:destroy()
      server:close()
    end)

    it("of unix sockets there are none", function()
      local client, accepted = testing.pair({ ipc = true })
      for _, socket in ipairs({ client, accepted }) do
        assert.is_nil(socket.remoteAddress)
        assert.is_nil(socket.remotePort)
        assert.is_nil(socket.localPort)
        assert.same({}, socket:address())
      end
      client:destroy()
      accepted:destroy()
    end)
  end)

  describe("unref", function()
    it("lets the loop end while the socket is open, and ref takes that back", function()
      local client, accepted = testing.pair()
      client:resume()
      accepted:resume()
      assert.equal(client, client:unref())
      assert.is_true(net.run("nowait"))
      accepted:unref()
      assert.is_false(net.run())
      assert.equal(client, client:ref())
      assert.is_true(net.run("nowait"))
      -- What is unreferenced works none the less.
      client:write("x")
      assert.equal("x", testing.wait(accepted, "data"))
      client:destroy()
      accepted:destroy()
    end)

    it("counts also when it comes before the connection", function()
      local accepted
      local server, port = serve(function(socket) accepted = socket:unref() end)
      server:unref()
      local socket = net.Socket():unref()
      socket:connect(port, HOST)
      -- The attempt itself is waited for.
      assert.is_false(net.run())
      assert.is_false(socket.connecting)
      server:ref()
      testing.run(function() return accepted end)
      socket:destroy()
      accepted:destroy()
      server:close()
    end)
  end)

  describe("of a file descriptor", function()
    it("throws for what is no descriptor of a socket", function()
      local function text(fd) return tostring(raised(net.Socket, { fd = fd })) end
      assert.equal(
        'RangeError [ERR_OUT_OF_RANGE]: The value of "fd" is out of range. '
          .. "It must be >= 0 && <= 2147483647. Received -1",
        text(-1)
      )
      assert.equal(
        "TypeError [ERR_INVALID_ARG_TYPE]: The \"fd\" argument must be of type number. Received type string ('x')",
        text("x")
      )
      assert.equal(
        'RangeError [ERR_OUT_OF_RANGE]: The value of "fd" is out of range. It must be an integer. Received 1.5',
        text(1.5)
      )
      assert.equal("TypeError [ERR_INVALID_FD_TYPE]: Unsupported fd type: UNKNOWN", text(99999))
    end)

    it("reads and writes pipes that another program has made", function()
      local script = os.tmpname()
      local file = assert(io.open(script, "w"))
      file:write([[
        local net = require("net")
        local input = net.Socket({ fd = 0, writable = false })
        local output = net.Socket({ fd = 1, readable = false })
        input:on("data", function(data) output:write(data:upper()) end)
        input:on("end", function() output:finish(" end") end)
        net.run()
      ]])
      file:close()
      local command = "cat | " .. child.lua(script) .. " | cat"
      local output, status, errors = child.run("sh -c " .. child.quote(command), { input = "through pipes" })
      os.remove(script)
      assert.equal("", errors)
      assert.equal("THROUGH PIPES end", output)
      assert.equal(0, status)
    end)

    it("shows the descriptor of a connection", function()
      local client, accepted = testing.pair()
      assert.is_number(client._handle.fd)
      assert.are_not.equal(client._handle.fd, accepted._handle.fd)
      client:destroy()
      accepted:destroy()
      assert.is_nil(client._handle)
    end)
  end)

  it("that is dropped unread by its user is closed by the peer's end once it is read", function()
    local client, accepted = testing.pair()
    accepted:resume()
    client:destroy()
    testing.wait(accepted, "close")
  end)

  it("can be extended", function()
    local Shouting = net.Socket:extend("Shouting")
    function Shouting:say(text) return self:write(text:upper()) end
    local server, port = serve()
    local client = Shouting()
    client:connect(port, HOST)
    local accepted = testing.wait(server, "connection")
    server:close()
    client:say("hello")
    assert.equal("HELLO", testing.wait(accepted, "data"))
    assert.is_true(net.Socket:isInstance(client))
    client:destroy()
    testing.run()
  end)

  it("is collected when it was never used", function()
    local weak = setmetatable({}, { __mode = "k" })
    weak[net.Socket()] = true
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(weak))
  end)

  it("is kept while it is open, though nobody holds it", function()
    local server, port = serve()
    local closed
    net.connect(port, HOST):on("close", function() closed = true end):resume()
    local accepted = testing.wait(server, "connection")
    server:close()
    collectgarbage()
    collectgarbage()
    accepted:destroy()
    testing.run()
    assert.is_true(closed)
  end)

  if _VERSION >= "Lua 5.4" then
    it("is destroyed at the end of its block, if it is a <close> variable", function()
      local client, accepted = testing.pair()
      accepted:resume()
      assert(load([[
        local client = ...
        do
          local socket <close> = client
        end
      ]]))(client)
      assert.is_true(client.destroyed)
      testing.run()
    end)
  end
end)
