local net = require("net")
local record = require("spec.support.record")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local HOST = sockets.HOST
local raised = sockets.raised
local serve = sockets.serve

local function nothing() end

describe("net.Socket", function()
  testing.leakCheck(before_each, after_each)

  describe("setTimeout", function()
    it("emits timeout after the time without traffic, once, and does not close", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local count, called = 0, 0
      client:on("timeout", function() count = count + 1 end)
      assert.equal(client, client:setTimeout(15, function() called = called + 1 end))
      assert.equal(15, client.timeout)
      testing.wait(client, "timeout")
      local later
      timers.setTimeout(function() later = true end, 50)
      testing.run(function() return later end)
      assert.equal(1, count)
      assert.equal(1, called)
      assert.is_false(client.destroyed)
      -- Traffic begins the time anew.
      client:write("x")
      testing.wait(client, "timeout")
      assert.equal(2, count)
      assert.equal(1, called)
      client:destroy()
      testing.run()
    end)

    it("is put off by traffic in either direction", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local log = record(client)
      client:setTimeout(80)
      local count = 0
      local interval
      interval = timers.setInterval(function()
        count = count + 1
        if count % 2 == 0 then client:write("x") else accepted:write("y") end
        if count == 10 then interval:close() end
      end, 20)
      testing.wait(client, "timeout")
      assert.equal(10, count)
      assert.equal("timeout", log[#log])
      client:destroy()
      testing.run()
    end)

    it("is switched off by 0, which takes the listener away too", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local log = record(client, nil, nil, { "timeout" })
      client:setTimeout(10, nothing)
      assert.equal(1, client:listenerCount("timeout"))
      client:setTimeout(0, nothing)
      assert.equal(0, client:listenerCount("timeout"))
      assert.equal(0, client.timeout)
      local fired = false
      client:on("timeout", function() fired = true end)
      local later
      timers.setTimeout(function() later = true end, 30)
      testing.run(function() return later end)
      assert.is_false(fired)
      assert.same({}, log)
      client:destroy()
      testing.run()
    end)

    it("is an option of createConnection", function()
      local server, port = serve(function(accepted) accepted:resume() end)
      local client = net.createConnection({ port = port, host = HOST, timeout = 15 })
      assert.equal(15, client.timeout)
      testing.wait(client, "timeout")
      client:destroy()
      server:close()
    end)

    it("does not keep the loop running", function()
      local socket = net.Socket()
      socket:setTimeout(60000)
      assert.is_false(net.run())
      socket:destroy()
      testing.run()
    end)

    it("throws for wrong arguments, in Node's words", function()
      local socket = net.Socket()
      local function text(...) return tostring(raised(socket.setTimeout, socket, ...)) end
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "msecs" argument must be of type number. Received undefined',
        text()
      )
      local range = 'RangeError [ERR_OUT_OF_RANGE]: The value of "msecs" is out of range. '
        .. "It must be a non-negative finite number. Received "
      assert.equal(range .. "-1", text(-1))
      assert.equal(range .. "NaN", text(0 / 0))
      assert.equal(range .. "Infinity", text(math.huge))
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "callback" argument must be of type function. '
          .. "Received type string ('x')",
        text(5, "x")
      )
    end)
  end)
end)
