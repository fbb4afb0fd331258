local child = require("spec.support.child")
local lfs = require("lfs")
local net = require("net")
local record = require("spec.support.record")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local HOST, raised, serve = sockets.HOST, sockets.raised, sockets.serve

local function connect(server)
  local address = server:address()
  if type(address) == "string" then return net.connect(address) end
  return net.connect(address.port, HOST)
end

describe("net.Server", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  it("passes over link-local addresses of a host that has another", function()
    local dns, chosen = net.dns, nil
    local lookup = dns.lookup
    local function listen_on(...)
      local answer = {}
      for i = 1, select("#", ...) do
        local address = select(i, ...)
        answer[i] = { address = address, family = address:find(":", 1, true) and 6 or 4 }
      end
      dns.lookup = function(_, _, callback) timers.nextTick(callback, nil, answer) end
      local server = net.createServer()
      server:on("error", function(err) chosen = err.address end)
      server:listen(0, "some.host", function()
        chosen = server:address().address
        server:close()
      end)
      dns.lookup = lookup
      testing.run()
      return chosen
    end
    assert.equal("127.0.0.1", listen_on("fe80::1", "FEBF:ffff::2", "127.0.0.1"))
    assert.equal("127.0.0.1", listen_on("127.0.0.1", "fe80::1"))
    -- None but those: it is tried, and the system says what is wrong with it.
    assert.equal("fe80::dead", listen_on("fe80::dead"))
  end)

  describe("createServer", function()
    it("makes a Server, which is an EventEmitter", function()
      local server = net.createServer()
      assert.is_true(net.Server:isInstance(server))
      assert.is_true(net.events:isInstance(server))
      assert.is_true(net.Server:isInstance(net.Server()))
      assert.is_false(server.listening)
      assert.is_nil(server:address())
    end)

    it("takes a listener for connections, alone or behind options", function()
      local function listener() end
      assert.same({ listener }, net.createServer(listener):listeners("connection"))
      assert.same({ listener }, net.createServer({}, listener):listeners("connection"))
      assert.same({ listener }, net.createServer(nil, listener):listeners("connection"))
    end)

    it("throws ERR_INVALID_ARG_TYPE for options that are no table", function()
      local err = raised(net.createServer, "x")
      assert.equal("ERR_INVALID_ARG_TYPE", err.code)
      assert.equal("TypeError", err.name)
      assert.truthy(err.message:find("Received type string ('x')", 1, true))
      assert.truthy(raised(net.createServer, 5).message:find('The "options" argument must be of type object', 1, true))
    end)

    it("hands allowHalfOpen to its sockets", function()
      local server = serve({ allowHalfOpen = true })
      local client = connect(server)
      local socket = testing.wait(server, "connection")
      server:close()
      client:finish("question")
      socket:resume()
      testing.wait(socket, "end")
      assert.is_true(socket.writable)
      local log = record(client)
      socket:finish("answer")
      testing.run()
      assert.same({ "data:answer", "end", "close:false" }, log)
    end)

    it("leaves sockets unread with pauseOnConnect, until they are resumed", function()
      local server = serve({ pauseOnConnect = true })
      local client = connect(server)
      local socket = testing.wait(server, "connection")
      server:close()
      assert.is_true(socket:isPaused())
      local log = record(socket)
      client:write("hello")
      local ticked = false
      timers.setTimeout(function() ticked = true end, 20)
      testing.run(function() return ticked end)
      assert.same({}, log)
      assert.equal(0, socket.bytesRead)
      socket:resume()
      assert.equal("hello", testing.wait(socket, "data"))
      client:destroy()
      socket:destroy()
    end)
  end)

  describe("listen", function()
    it("without arguments listens on a free port of all addresses", function()
      local server = net.createServer()
      assert.equal(server, server:listen())
      testing.wait(server, "listening")
      local address = server:address()
      assert.is_true(address.port > 0)
      assert.is_true((address.address == "::" and address.family == "IPv6")
        or (address.address == "0.0.0.0" and address.family == "IPv4"))
      local client = net.connect(address.port, HOST)
      testing.wait(client, "connect")
      client:destroy()
      server:close()
    end)

    it("is listening at once without a host, and emits listening later", function()
      local server = net.createServer()
      local log = record(server)
      server:listen(0)
      assert.is_true(server.listening)
      assert.is_true(server:address().port > 0)
      assert.same({}, log)
      testing.wait(server, "listening")
      server:close()
      assert.is_false(server.listening)
      assert.is_nil(server:address())
      testing.run()
      assert.same({ "listening", "close" }, log)
    end)

    it("listens on the address of a host", function()
      local server = net.createServer()
      server:listen(0, "localhost")
      assert.is_false(server.listening)
      testing.wait(server, "listening")
      assert.truthy(({ ["127.0.0.1"] = true, ["::1"] = true })[server:address().address])
      server:close()
    end)

    -- Every form of the call, given what stands for the port and the callback.
    local forms = {
      ["(port, callback)"] = function(server, port, callback) server:listen(port, callback) end,
      ["(port, host)"] = function(server, port, callback)
        server:on("listening", callback)
        server:listen(port, HOST)
      end,
      ["(port, host, callback)"] = function(server, port, callback) server:listen(port, HOST, callback) end,
      ["(port, backlog, callback)"] = function(server, port, callback) server:listen(port, 5, callback) end,
      ["(port, host, backlog, callback)"] = function(server, port, callback) server:listen(port, HOST, 5, callback) end,
      ["('port', callback)"] = function(server, port, callback) server:listen(tostring(port), callback) end,
      ["({ port }, callback)"] = function(server, port, callback) server:listen({ port = port }, callback) end,
      ["({ port, host, backlog, exclusive }, callback)"] = function(server, port, callback)
        server:listen({ port = port, host = HOST, backlog = 5, exclusive = true }, callback)
      end,
      ["({ port, path }, callback): the path does not count"] = function(server, port, callback)
        server:listen({ port = port, path = "/nowhere/x" }, callback)
      end,
    }
    for form, call in pairs(forms) do
      it("takes the form " .. form, function()
        local port = testing.freePort()
        testing.run()
        local called = 0
        local server = net.createServer()
        call(server, port, function() called = called + 1 end)
        testing.wait(server, "listening")
        assert.equal(1, called)
        assert.equal(port, server:address().port)
        server:close()
      end)
    end

    it("takes the form (callback)", function()
      local called = false
      local server = net.createServer():listen(function() called = true end)
      testing.wait(server, "listening")
      assert.is_true(called)
      server:close()
    end)

    for _, form in ipairs({ "(path, callback)", "(path, backlog, callback)", "({ path }, callback)" }) do
      it("takes the form " .. form .. " for a unix socket, which is gone after close", function()
        local path = testing.tmpPath()
        local called = false
        local function callback() called = true end
        local server = net.createServer()
        if form == "(path, callback)" then
          server:listen(path, callback)
        elseif form == "({ path }, callback)" then
          server:listen({ path = path }, callback)
        else
          server:listen(path, 5, callback)
        end
        testing.wait(server, "listening")
        assert.is_true(called)
        assert.equal(path, server:address())
        assert.equal("socket", lfs.attributes(path, "mode"))
        server:close()
        testing.wait(server, "close")
        assert.is_nil(lfs.attributes(path))
      end)
    end

    it("gives ports as integers", function()
      local server = serve()
      local port = server:address().port
      assert.equal(tostring(port), ("%d"):format(port))
      if math.type then assert.equal("integer", math.type(port)) end
      server:close()
    end)

    it("can be called again after close, and after an error", function()
      local server = serve()
      server:close()
      server:listen(0, HOST)
      testing.wait(server, "listening")
      local second = net.createServer()
      second:listen(server:address().port, HOST)
      assert.equal("EADDRINUSE", testing.wait(second, "error").code)
      second:listen(0, HOST)
      testing.wait(second, "listening")
      second:close()
      server:close()
    end)

    it("throws ERR_SERVER_ALREADY_LISTEN otherwise", function()
      local server = net.createServer():listen(0)
      local err = raised(server.listen, server, 0)
      assert.equal("ERR_SERVER_ALREADY_LISTEN", err.code)
      assert.equal("Listen method has been called more than once without closing.", err.message)
      testing.wait(server, "listening")
      assert.equal("ERR_SERVER_ALREADY_LISTEN", raised(server.listen, server, 0, HOST).code)
      server:close()
    end)

    it("throws that also while the host is being looked up; close then cancels without an error", function()
      local server = net.createServer()
      local log = record(server)
      server:listen(0, "localhost")
      assert.equal("ERR_SERVER_ALREADY_LISTEN", raised(server.listen, server, 0).code)
      local called, given = false, nil
      server:close(function(err) called, given = true, err end)
      testing.run()
      assert.is_true(called)
      assert.is_nil(given)
      assert.same({ "close" }, log)
    end)

    it("throws for a port that is none, in Node's words", function()
      local server = net.createServer()
      for value, text in pairs({
        [-1] = "type number (-1)", [65536] = "type number (65536)", [1.5] = "type number (1.5)",
        [math.huge] = "type number (Infinity)", [""] = "type string ('')", [" "] = "type string (' ')",
      }) do
        local err = raised(server.listen, server, value)
        assert.equal("RangeError", err.name)
        assert.equal("ERR_SOCKET_BAD_PORT", err.code)
        assert.equal(("options.port should be >= 0 and < 65536. Received %s."):format(text), err.message)
      end
      assert.equal("ERR_SOCKET_BAD_PORT", raised(server.listen, server, { port = "a" }).code)
      assert.is_false(server.listening)
    end)

    it("throws ERR_INVALID_ARG_VALUE for options with neither port nor path", function()
      local server = net.createServer()
      for _, options in ipairs({ {}, { host = "localhost" }, { fd = -1 } }) do
        local err = raised(server.listen, server, options)
        assert.equal("TypeError", err.name)
        assert.equal("ERR_INVALID_ARG_VALUE", err.code)
        assert.truthy(err.message:find([[The argument 'options' must have the property "port" or "path".]], 1, true))
      end
      for _, options in ipairs({ { port = true }, { path = 5 }, { path = "" }, { port = {} } }) do
        local err = raised(server.listen, server, options)
        assert.equal("ERR_INVALID_ARG_VALUE", err.code)
        assert.truthy(err.message:find("The argument 'options' is invalid.", 1, true))
      end
    end)

    it("emits error EADDRINUSE with the address for a port that is taken, and no close", function()
      local first, second = serve(), net.createServer()
      local port = first:address().port
      local log = record(second)
      second:listen(port, HOST)
      local err = testing.wait(second, "error")
      assert.equal("Error", err.name)
      assert.equal(("listen EADDRINUSE: address already in use 127.0.0.1:%d"):format(port), err.message)
      assert.equal("Error: " .. err.message, tostring(err))
      assert.equal("EADDRINUSE", err.code)
      assert.equal("listen", err.syscall)
      assert.equal(HOST, err.address)
      assert.equal(port, err.port)
      assert.is_true(err.errno < 0)
      assert.is_false(second.listening)
      assert.is_nil(second:address())
      first:close()
      testing.run()
      assert.same({ "error:EADDRINUSE" }, log)
    end)

    it("emits error EADDRINUSE for a path that is taken, without a port", function()
      local path = testing.tmpPath()
      local first, second = net.createServer(), net.createServer()
      first:listen(path)
      testing.wait(first, "listening")
      second:listen(path)
      local err = testing.wait(second, "error")
      assert.equal("listen EADDRINUSE: address already in use " .. path, err.message)
      assert.equal(path, err.address)
      assert.is_nil(err.port)
      first:close()
    end)

    it("emits error for a path in no directory, and for one that is too long", function()
      local server = net.createServer()
      server:listen("/nonexistent/a.sock")
      local err = testing.wait(server, "error")
      assert.equal("listen EACCES: permission denied /nonexistent/a.sock", err.message)
      local directory = testing.tmpPath()
      lfs.mkdir(directory)
      server:listen(directory .. "/" .. ("x"):rep(120))
      assert.equal("ENAMETOOLONG", testing.wait(server, "error").code)
      -- No socket stands where nobody put it.
      assert.is_truthy(lfs.rmdir(directory))
    end)

    it("emits error for an address that is not ours, and a host that is unknown", function()
      local server = net.createServer()
      server:listen(0, "192.0.2.1")
      local err = testing.wait(server, "error")
      assert.equal("listen EADDRNOTAVAIL: address not available 192.0.2.1", err.message)
      assert.equal("192.0.2.1", err.address)
      assert.is_nil(err.port)
    end)

    it("on another server's handle, or on its fd, gets connections of the same address", function()
      local first = serve()
      local second = net.createServer()
      second:listen(first)
      testing.wait(second, "listening")
      assert.same(first:address(), second:address())
      assert.is_number(first._handle.fd)
      local client = connect(second)
      testing.wait(client, "connect")
      client:destroy()
      second:close()
      first:close()
    end)

    it("on a file descriptor that another program has made listens on that", function()
      if not child.has("python3") then return pending("python3 is not here") end
      local script = os.tmpname()
      local file = assert(io.open(script, "w"))
      file:write([[
        local net = require("net")
        io.stdout:setvbuf("line")
        local server = net.createServer(function(socket) socket:pipe(socket) end)
        server:listen({ fd = 9 }, function() print("port " .. server:address().port) end)
        net.run()
      ]])
      file:close()
      local maker = "import os, socket, sys; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(5); "
        .. "os.dup2(s.fileno(), 9); os.execvp(sys.argv[1], sys.argv[1:])"
      local peer = child.start("python3 -c " .. child.quote(maker) .. " " .. child.lua(script))
      local port = peer:waitFor("port (%d+)\n")
      local client = net.connect(tonumber(port), HOST)
      client:finish("by descriptor")
      assert.equal("by descriptor", testing.wait(client, "data"))
      testing.run()
      os.remove(script)
    end)

    it("emits error for a file descriptor that is no socket", function()
      local server = net.createServer()
      server:listen({ fd = 9999 })
      local err = testing.wait(server, "error")
      assert.equal("EINVAL", err.code)
      assert.equal("listen", err.syscall)
      assert.is_false(server.listening)
    end)
  end)

  describe("connection", function()
    it("comes with a Socket for each client, whose server is the server", function()
      local accepted = {}
      local server = serve(function(socket) accepted[#accepted + 1] = socket end)
      local one, two = connect(server), connect(server)
      testing.run(function() return #accepted == 2 end)
      for _, socket in ipairs(accepted) do
        assert.is_true(net.Socket:isInstance(socket))
        assert.equal(server, socket.server)
        assert.is_false(socket.connecting)
        assert.is_false(socket.destroyed)
        socket:destroy()
      end
      one:destroy()
      two:destroy()
      server:close()
    end)

    it("comes for each of a hundred clients that connect at once", function()
      local count, ended = 0, 0
      local server = serve(function(socket)
        count = count + 1
        socket:resume()
        socket:finish("bye")
      end)
      for _ = 1, 100 do
        connect(server):on("close", function(had_error)
          assert.is_false(had_error)
          ended = ended + 1
          if ended == 100 then server:close() end
        end):resume()
      end
      testing.run()
      assert.equal(100, count)
    end)
  end)

  describe("close", function()
    it("lets connections live, and emits close once when the last is closed", function()
      local server = serve()
      local client = connect(server)
      local socket = testing.wait(server, "connection")
      local log = record(server)
      local given = {}
      assert.equal(server, server:close(function(err) given[#given + 1] = tostring(err) end))
      assert.is_false(server.listening)
      client:write("still")
      assert.equal("still", testing.wait(socket, "data"))
      assert.same({}, log)
      socket:destroy()
      testing.wait(server, "close")
      client:destroy()
      testing.run()
      assert.same({ "close" }, log)
      assert.same({ "nil" }, given)
    end)

    it("refuses new connections", function()
      local server = serve()
      local port = server:address().port
      server:close()
      testing.wait(server, "close")
      local client = net.connect(port, HOST)
      assert.equal("ECONNREFUSED", testing.wait(client, "error").code)
      testing.run()
    end)

    it("of a server that is not open emits close, and the callback gets ERR_SERVER_NOT_RUNNING", function()
      local server = net.createServer()
      local log = record(server)
      server:close(function(err) log[#log + 1] = tostring(err) end)
      assert.same({}, log)
      testing.run()
      assert.same({ "close", "Error [ERR_SERVER_NOT_RUNNING]: Server is not running." }, log)
    end)

    it("directly after listen swallows listening", function()
      local server = net.createServer()
      local log = record(server)
      server:listen(0)
      server:close()
      testing.run()
      assert.same({ "close" }, log)
    end)

    it("twice gives an error to the second callback only", function()
      local server = serve()
      local log = {}
      server:close(function(err) log[#log + 1] = "first " .. tostring(err) end)
      server:close(function(err) log[#log + 1] = "second " .. tostring(err and err.code) end)
      testing.run()
      assert.same({ "first nil", "second ERR_SERVER_NOT_RUNNING" }, log)
    end)
  end)

  describe("getConnections", function()
    it("counts the open connections, later", function()
      local server = serve()
      local count
      local function ask()
        count = nil
        assert.equal(server, server:getConnections(function(err, number)
          assert.is_nil(err)
          count = number
        end))
        assert.is_nil(count)
        testing.run(function() return count end)
        return count
      end
      assert.equal(0, ask())
      local client = connect(server)
      local socket = testing.wait(server, "connection")
      assert.equal(1, ask())
      assert.equal(1, server.connections)
      client:destroy()
      testing.wait(socket:resume(), "close")
      assert.equal(0, ask())
      assert.equal(0, server.connections)
      server:close()
    end)

    it("wants a callback", function()
      local err = raised(net.Server.getConnections, net.createServer())
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "callback" argument must be of type function. Received undefined',
        tostring(err)
      )
    end)
  end)

  it("takes a `highWaterMark` of any kind that is set later", function()
    local server = serve()
    for value, mark in pairs({ ["100"] = 100, [5.5] = 5, [print] = 65536, x = 65536, [-1] = 65536 }) do
      server.highWaterMark = value
      local client = connect(server)
      local accepted = testing.wait(server, "connection")
      assert.equal(mark, accepted.readableHighWaterMark)
      accepted:destroy()
      testing.wait(client:resume(), "close")
    end
    server:close()
  end)

  describe("maxConnections", function()
    it("drops further connections, and drop tells their addresses", function()
      local server = serve()
      server.maxConnections = 1
      local first = connect(server)
      local accepted = testing.wait(server, "connection")
      local second = connect(server)
      local log = record(second)
      local data = testing.wait(server, "drop")
      assert.equal(server:address().port, data.localPort)
      assert.equal(HOST, data.localAddress)
      assert.equal("IPv4", data.localFamily)
      assert.equal(HOST, data.remoteAddress)
      assert.equal("IPv4", data.remoteFamily)
      assert.is_true(data.remotePort > 0)
      testing.wait(second, "close")
      assert.is_true(log[#log] == "close:false" or log[#log] == "close:true")
      assert.equal(1, server.connections)
      -- A place that has become free can be taken.
      first:destroy()
      testing.wait(accepted:resume(), "close")
      local third = connect(server)
      testing.wait(server, "connection"):destroy()
      third:destroy()
      server:close()
    end)

    it("tells of a path why a connection was dropped", function()
      local path = testing.tmpPath()
      local server = net.createServer():listen(path)
      server.maxConnections = 0
      local client = net.connect(path)
      client:on("error", function() end):resume()
      assert.same({ reason = "maxConnections" }, testing.wait(server, "drop"))
      testing.wait(client, "close")
      server:close()
    end)

    it("takes what looks like a number for one, and anything else for no limit", function()
      local server = serve()
      for value, drops in pairs({
        ["0"] = true, ["-1"] = true, [" "] = true, [false] = true,
        [true] = false, ["3"] = false, three = false, [print] = false,
      }) do
        server.maxConnections = value
        local client = connect(server):resume()
        client:on("error", function() end)
        if drops then
          testing.wait(server, "drop")
        else
          testing.wait(server, "connection"):destroy()
        end
        testing.wait(client, "close")
      end
      server:close()
    end)

    it("drops every connection with 0, and none with nil", function()
      local server = serve()
      server.maxConnections = 0
      local client = connect(server)
      client:on("error", function() end)
      testing.wait(server, "drop")
      testing.wait(client:resume(), "close")
      server.maxConnections = nil
      client = connect(server)
      testing.wait(server, "connection"):destroy()
      client:destroy()
      server:close()
    end)
  end)

  describe("unref", function()
    it("lets the loop end while it listens, and ref takes that back", function()
      local server = serve()
      assert.equal(server, server:unref())
      assert.is_false(net.run())
      assert.is_true(server.listening)
      assert.equal(server, server:ref())
      assert.is_true(net.run("nowait"))
      server:unref():unref()
      assert.is_false(net.run("nowait"))
      server:ref()
      server:close()
    end)

    it("counts also when it comes before listen", function()
      local server = net.createServer():unref()
      server:listen(0)
      assert.is_false(net.run())
      assert.is_true(server.listening)
      server:close()
    end)
  end)

  it("can be extended", function()
    local Counting = net.Server:extend("Counting")
    function Counting:initialize(...)
      net.Server.initialize(self, ...)
      self.count = 0
      self:on("connection", function(socket)
        self.count = self.count + 1
        socket:destroy()
      end)
    end
    local server = Counting()
    assert.is_true(net.Server:isInstance(server))
    server:listen(0, HOST)
    testing.wait(server, "listening")
    local client = connect(server)
    client:on("error", function() end)
    testing.wait(client:resume(), "close")
    assert.equal(1, server.count)
    server:close()
  end)

  if _VERSION >= "Lua 5.4" then
    it("is closed at the end of its block, if it is a <close> variable", function()
      local server = assert(load([[
        local net = ...
        local kept
        do
          local server <close> = net.createServer():listen(0)
          kept = server
        end
        return kept
      ]]))(net)
      assert.is_false(server.listening)
      testing.run()
    end)
  end
end)
