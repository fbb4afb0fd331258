local net = require("net")
local record = require("spec.support.record")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")

local HOST = sockets.HOST
local collect = sockets.collect
local serve = sockets.serve

local function nothing() end

describe("net.Socket", function()
  testing.leakCheck(before_each, after_each)

  describe("connect", function()
    it("emits connect, and calls the listener once", function()
      local server, port = serve()
      local called = 0
      local socket = net.connect(port, HOST, function() called = called + 1 end)
      assert.is_true(socket.connecting)
      assert.is_true(socket.pending)
      assert.equal("opening", socket.readyState)
      local seen
      socket:on("connect", function() seen = socket.connecting end)
      local accepted = testing.wait(server, "connection")
      testing.run(function() return called > 0 end)
      assert.equal(1, called)
      assert.is_false(seen)
      assert.is_false(socket.pending)
      assert.equal("open", socket.readyState)
      assert.equal(0, #socket:listeners("connect") - 1)
      socket:destroy()
      accepted:destroy()
      server:close()
    end)

    local forms = {
      ["net.connect(port, host)"] = function(port) return net.connect(port, HOST) end,
      ["net.connect(port)"] = function(port) return net.connect(port) end,
      ["net.connect('port')"] = function(port) return net.connect(tostring(port), HOST) end,
      ["net.connect({ port, host })"] = function(port) return net.connect({ port = port, host = HOST }) end,
      ["net.createConnection(port, host)"] = function(port) return net.createConnection(port, HOST) end,
      ["net.connect({ port, family = 4 })"] = function(port) return net.connect({ port = port, family = 4 }) end,
      ["net.connect({ port, host, hints })"] = function(port)
        return net.connect({ port = port, host = "localhost", hints = net.dns.ADDRCONFIG })
      end,
      ["socket:connect(port, host)"] = function(port) return net.Socket():connect(port, HOST) end,
      ["socket:connect({ port, host })"] = function(port) return net.Socket():connect({ port = port, host = HOST }) end,
    }
    for form, call in pairs(forms) do
      it("takes the form " .. form, function()
        local server, port = serve()
        local socket = call(port)
        testing.wait(socket, "connect")
        assert.equal(port, socket.remotePort)
        socket:destroy()
        server:on("connection", function(accepted) accepted:destroy() end)
        server:close()
      end)
    end

    for _, form in ipairs({ "net.connect(path)", "net.connect({ path })", "socket:connect(path)" }) do
      it("takes the form " .. form .. " for a unix socket", function()
        local path = testing.tmpPath()
        local server = net.createServer(function(accepted) accepted:resume():finish("hello") end):listen(path)
        local socket
        if form == "net.connect(path)" then
          socket = net.connect(path)
        elseif form == "net.connect({ path })" then
          socket = net.connect({ path = path, port = nil })
        else
          socket = net.Socket():connect(path)
        end
        local log = record(socket)
        testing.wait(socket, "close")
        assert.same({ "connect", "data:hello", "end", "finish", "close:false" }, log)
        assert.is_nil(socket.remotePort)
        server:close()
      end)
    end

    it("sends what was written before, in order", function()
      local server, port = serve()
      local chunks
      server:on("connection", function(accepted)
        chunks = collect(accepted)
        server:close()
      end)
      local log = {}
      local socket = net.connect(port, HOST)
      socket:write("one ", function() log[#log + 1] = "written" end)
      socket:write("two ")
      assert.equal(8, socket.bytesWritten)
      socket:finish("three")
      testing.run()
      assert.equal("one two three", table.concat(chunks))
      assert.same({ "written" }, log)
      assert.equal(13, socket.bytesWritten)
    end)

    it("half-closes the connection once it stands, if finish came before", function()
      local server, port = serve({ allowHalfOpen = true })
      local socket = net.Socket({ allowHalfOpen = true })
      local finished = 0
      socket:on("finish", function() finished = finished + 1 end)
      socket:finish()
      testing.run(function() return finished == 1 end)
      assert.is_true(socket.writableFinished)
      socket:connect(port, HOST)
      local accepted = testing.wait(server, "connection")
      server:close()
      local log = record(accepted)
      accepted:resume()
      testing.run(function() return #log > 0 end)
      assert.equal("end", log[1])
      assert.equal(1, finished)
      accepted:finish("bye")
      assert.equal("bye", testing.wait(socket, "data"))
      testing.run()
    end)

    it("can be called again when the socket has closed", function()
      local server, port = serve(function(accepted) accepted:resume():finish("hi") end)
      local socket = net.connect(port, HOST)
      testing.wait(socket:resume(), "close")
      assert.is_true(socket.destroyed)
      local log = record(socket)
      socket:connect(port, HOST)
      socket:write("again")
      testing.wait(socket, "close")
      assert.same({ "connect", "data:hi", "end", "finish", "close:false" }, log)
      assert.equal(5, socket.bytesWritten)
      assert.equal(2, socket.bytesRead)
      server:close()
    end)

    it("takes the local address and port of its options", function()
      local own = testing.freePort()
      testing.run()
      local server, port = serve(function(accepted) accepted:on("error", nothing):resume() end)
      local socket = net.connect({ port = port, host = HOST, localAddress = "127.0.0.2", localPort = own })
      testing.wait(socket, "connect")
      assert.equal("127.0.0.2", socket.localAddress)
      assert.equal(own, socket.localPort)
      assert.same({ address = "127.0.0.2", port = own, family = "IPv4" }, socket:address())
      socket:resetAndDestroy()
      server:close()
    end)

    it("emits error ECONNREFUSED where nobody listens, then close(true), and no connect", function()
      local port = testing.freePort()
      testing.run()
      local socket = net.connect(port, HOST)
      local log = record(socket)
      local err = testing.wait(socket, "error")
      testing.run()
      assert.same({ "error:ECONNREFUSED", "close:true" }, log)
      assert.equal(("Error: connect ECONNREFUSED 127.0.0.1:%d"):format(port), tostring(err))
      assert.equal("connect", err.syscall)
      assert.equal(HOST, err.address)
      assert.equal(port, err.port)
      assert.is_true(err.errno < 0)
      assert.is_string(err.traceback)
      assert.is_false(socket.connecting)
      assert.is_true(socket.destroyed)
    end)

    it("says of a path that is not there, and looks like a host and a port, what it was taken for", function()
      local socket = net.connect("localhost:6379")
      local err = testing.wait(socket, "error")
      assert.equal("ENOENT", err.code)
      local hint = ' (a path: for a host and a port, connect(6379, "localhost"))'
      assert.equal("connect ENOENT localhost:6379" .. hint, err.message)
      assert.equal("localhost:6379", err.address)
    end)

    it("emits an error when the socket is connecting over the other kind already", function()
      local server, port = serve()
      local path = testing.tmpPath()
      for _, both in ipairs({ { port, path }, { path, { port = port, host = HOST } } }) do
        local socket = net.Socket()
        socket:on("error", nothing)
        if both[1] == path then
          local own = net.createServer():listen(path)
          testing.wait(own, "listening")
          socket:once("close", function() own:close() end)
        end
        socket:connect(both[1])
        if both[1] == port then testing.wait(socket, "connect") end
        local err
        socket:on("error", function(one) err = err or one end)
        socket:connect(both[2])
        testing.wait(socket, "close")
        assert.equal("EINVAL", err.code)
      end
      server:close()
    end)

    it("emits error ENOENT for a path that is not there", function()
      local path = testing.tmpPath()
      local err = testing.wait(net.connect(path), "error")
      assert.equal("connect ENOENT " .. path, err.message)
      assert.equal(path, err.address)
      assert.is_nil(err.port)
      testing.run()
    end)

    it("of a destroyed socket is abandoned without an event but close", function()
      local server, port = serve()
      local socket = net.connect(port, HOST)
      local log = record(socket)
      socket:destroy()
      testing.run(function() return #log > 0 end)
      assert.same({ "close:false" }, log)
      server:on("connection", function(accepted) accepted:on("error", nothing):destroy() end)
      server:close()
    end)
  end)
end)
