local net = require("net")
local record = require("spec.support.record")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")

local HOST = sockets.HOST
local raised = sockets.raised
local serve = sockets.serve

local function nothing() end

describe("net.Socket", function()
  testing.leakCheck(before_each, after_each)

  describe("connect by host name", function()
    it("emits lookup for each address, but not for an IP address", function()
      local server, port = serve(function(accepted) accepted:destroy() end)
      local seen = {}
      local socket = net.connect({ port = port, host = "localhost", family = 4 })
      socket:on("lookup", function(err, address, family, host)
        seen[#seen + 1] = { err = err, address = address, family = family, host = host }
      end)
      socket:on("error", nothing)
      testing.wait(socket, "connect")
      assert.same({ { address = HOST, family = 4, host = "localhost" } }, seen)
      socket:destroy()
      socket = net.connect(port, HOST)
      local log = record(socket)
      testing.wait(socket:resume(), "close")
      assert.equal("connect", log[1])
      server:close()
    end)

    it("asks a lookup of one's own that waits, where connect is called by a task", function()
      local server, port = serve(function(accepted) accepted:finish("hello") end)
      local function lookup(_, _, callback)
        net.async.sleep(1)
        callback(nil, HOST, 4)
      end
      local got
      net.async.run(function()
        local socket = net.Socket():connect({ port = port, host = "example.test", lookup = lookup })
        got = socket:readAll()
        socket:destroy()
        server:close()
      end)
      testing.run()
      assert.equal("hello", got)
    end)

    it("that a lookup's error breaks off leaves a connection that is under way as it was", function()
      local server, port = serve(function(accepted) accepted:pipe(accepted) end)
      local function later(_, _, callback)
        net.timers.setTimeout(function() callback(nil, HOST, 4) end, 5)
      end
      local function fails() error("mine", 0) end
      for _, first in ipairs({
        { port = port, host = HOST, connectTimeout = 60000 },
        { port = port, host = "example.test", lookup = later },
      }) do
        local socket = net.Socket()
        local log = record(socket, nil, nil, { "lookup" })
        socket:connect(first)
        socket:write("hello")
        assert.equal("mine", raised(socket.connect, socket, { port = port, host = "other.test", lookup = fails }))
        assert.is_true(socket.connecting)
        socket:on("data", function() socket:destroy() end)
        testing.wait(socket, "close")
        assert.equal("connect data:hello close:false", table.concat(log, " "))
      end
      server:close()
    end)

    it("takes no answer that was meant for a connection that an error has broken off", function()
      local server, port = serve(function(accepted) accepted:pipe(accepted) end)
      local socket = net.Socket({ handle = net.BoundSocket({ host = HOST, port = 0 }) })
      local function fails(_, _, callback)
        net.timers.setTimeout(function() callback(nil, "127.0.0.2", 4) end, 1)
        error("mine", 0)
      end
      local function later(_, _, callback)
        net.timers.setTimeout(function() callback(nil, HOST, 4) end, 20)
      end
      local addresses = {}
      socket:on("lookup", function(_, address) addresses[#addresses + 1] = address end)
      assert.equal("mine", raised(socket.connect, socket, { port = port, host = "a.test", lookup = fails }))
      assert.is_false(socket.connecting)
      socket:connect({ port = port, host = "b.test", lookup = later })
      testing.wait(socket, "connect")
      assert.same({ HOST }, addresses)
      socket:destroy()
      server:close()
    end)

    it("asks a lookup of one's own, which may answer with one address or with a list", function()
      local server, port = serve(function(accepted) accepted:destroy() end)
      local asked
      local function lookup(host, options, callback)
        asked = { host = host, options = options }
        callback(nil, HOST, 4)
      end
      local socket = net.connect({ port = port, host = "x.y", lookup = lookup, family = 4 })
      socket:on("error", nothing)
      testing.wait(socket, "connect")
      socket:destroy()
      assert.equal("x.y", asked.host)
      assert.equal(4, asked.options.family)
      assert.equal(0, asked.options.hints)
      socket = net.connect({
        port = port,
        host = "x.y",
        lookup = function(_, _, callback) callback(nil, { { address = HOST, family = 4 } }) end,
      })
      socket:on("error", nothing)
      testing.wait(socket, "connect")
      socket:destroy()
      server:close()
    end)

    it("tries all addresses in turn, until one accepts", function()
      local server, port = serve(function(accepted) accepted:destroy() end)
      local function lookup(_, _, callback)
        callback(nil, {
          { address = "127.0.0.2", family = 4 },
          { address = "127.0.0.3", family = 4 },
          { address = HOST, family = 4 },
        })
      end
      local socket = net.connect({ port = port, host = "x.y", lookup = lookup })
      socket:on("error", nothing)
      testing.wait(socket, "connect")
      assert.equal(HOST, socket.remoteAddress)
      socket:destroy()
      server:close()
    end)

    it("emits what a lookup of one's own fails with", function()
      local boom = net.errors("nope")
      local socket = net.connect({
        port = 1,
        host = "x.y",
        lookup = function(_, _, callback) callback(boom) end,
      })
      local log = record(socket)
      assert.equal(boom, testing.wait(socket, "error"))
      testing.run()
      assert.equal("close:true", log[#log])
    end)

    it("emits an error when such a lookup answers with what is no address", function()
      local function try(...)
        local answer = { n = select("#", ...), ... }
        local socket = net.connect({
          port = 1,
          host = "x.y",
          family = 4,
          lookup = function(_, _, callback) callback(nil, answer[1], answer[2]) end,
        })
        local err = testing.wait(socket, "error")
        testing.run()
        return tostring(err)
      end
      assert.equal("TypeError [ERR_INVALID_IP_ADDRESS]: Invalid IP address: bogus", try("bogus", 4))
      assert.equal("RangeError [ERR_INVALID_ADDRESS_FAMILY]: Invalid address family: 7 x.y:1", try(HOST, 7))
    end)
  end)

  describe("connect", function()
    it("throws for wrong arguments, in Node's words", function()
      local function text(...) return tostring(raised(net.connect, ...)) end
      local missing = 'TypeError [ERR_MISSING_ARGS]: The "options" or "port" or "path" argument must be specified'
      assert.equal(missing, text())
      assert.equal(missing, text({}))
      assert.equal(missing, text({ host = "x" }))
      assert.equal(missing, tostring(raised(net.Socket.connect, net.Socket())))
      local bad_port = "RangeError [ERR_SOCKET_BAD_PORT]: Port should be >= 0 and < 65536. Received "
      assert.equal(bad_port .. "type number (-1).", text(-1))
      assert.equal(bad_port .. "type number (65536).", text(65536))
      assert.equal(bad_port .. "type number (1.5).", text(1.5))
      assert.equal(bad_port .. "type number (NaN).", text({ port = 0 / 0 }))
      assert.equal(bad_port .. "type string ('').", text(""))
      assert.equal(bad_port .. "type string ('a').", text({ port = "a" }))
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "options.port" property must be one of type number or string. '
          .. "Received type boolean (true)",
        text({ port = true })
      )
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "options.path" property must be of type string. '
          .. "Received type number (5)",
        text({ path = 5 })
      )
      assert.equal(
        "TypeError [ERR_INVALID_IP_ADDRESS]: Invalid IP address: x",
        text({ port = 80, host = HOST, localAddress = "x" })
      )
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "options.localPort" property must be of type number. '
          .. "Received type string ('x')",
        text({ port = 80, host = "localhost", localPort = "x" })
      )
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "options.lookup" property must be of type function. '
          .. "Received type number (5)",
        text({ port = 80, host = "localhost", lookup = 5 })
      )
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "msecs" argument must be of type number. Received type string (\'x\')',
        text({ port = 80, host = HOST, timeout = "x" })
      )
    end)
  end)
end)
