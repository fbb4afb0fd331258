--- `captureRejections`: what the task of a listener raises is its emitter's `error`, where the emitter asks for it.

local net = require("uvnet")
local raised = require("spec.support.raised")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")

local async, events = net.async, net.events
local HOST = "127.0.0.1"

-- A listener that raises what it gets: at once, or after it has waited.
local function raises_now(err)
  return async.wrap(function() error(err, 0) end)
end

local function raises_later(err)
  return async.wrap(function()
    async.sleep(1)
    error(err, 0)
  end)
end

describe("captureRejections", function()
  testing.leakCheck(before_each, after_each)
  after_each(function() events.captureRejections = false end)

  it("is a boolean", function()
    for _, wrong in ipairs({ 1, "yes", {}, print }) do
      for _, class in ipairs({ events, net.stream.Readable, net.stream.Writable, net.stream.Duplex, net.Socket,
        net.Server }) do
        local err = raised(class, { captureRejections = wrong })
        assert.equal("ERR_INVALID_ARG_TYPE", err.code)
        assert.matches('The "options.captureRejections" property must be of type boolean.', err.message, 1, true)
      end
      local err = raised(function() events.captureRejections = wrong end)
      assert.equal("ERR_INVALID_ARG_TYPE", err.code)
      assert.matches('The "EventEmitter.captureRejections" property must be of type boolean.', err.message, 1, true)
    end
    assert.is_false(events.captureRejections)
  end)

  for when, raises in pairs({ ["at once"] = raises_now, later = raises_later }) do
    it("makes an error of what each listener's task raises " .. when, function()
      local emitter = events({ captureRejections = true })
      local got = {}
      emitter:on("error", function(err) got[#got + 1] = err end)
      local one, two = { "one" }, { "two" }
      emitter:on("x", raises(one))
      emitter:on("x", raises(two))
      assert.is_true(emitter:emit("x"))
      assert.same({}, got) -- never within the emit
      testing.run()
      assert.equal(2, #got)
      assert.equal(one, got[1])
      assert.equal(two, got[2])
    end)

    it("calls the emitter's method for it instead, if it raises " .. when, function()
      local emitter = events({ captureRejections = true })
      emitter:on("error", function() error("there is a method") end)
      local got
      emitter[events.captureRejectionSymbol] = function(...) got = { n = select("#", ...), ... } end
      local err = { "why" }
      emitter:once("x", raises(err))
      emitter:emit("x", 42, nil)
      testing.run()
      assert.equal(5, got.n)
      assert.is_true(rawequal(emitter, got[1]) and rawequal(err, got[2]))
      assert.same({ "x", 42 }, { got[3], got[4] })
    end)
  end

  it("leaves an error that nobody listens for to net.run", function()
    local err = { "why" }
    local emitter = events({ captureRejections = true })
    emitter:on("x", raises_later(err))
    emitter:emit("x")
    assert.equal(err, raised(net.run))
    assert.is_false(net.run())
  end)

  it("does not go round: the error's own listeners and the method are not captured", function()
    local one, two = { "one" }, { "two" }
    local emitter = events({ captureRejections = true })
    emitter:on("x", raises_now(one))
    emitter:on("error", function(err)
      assert.equal(one, err)
      return async.run(function() error(two, 0) end)
    end)
    emitter:emit("x")
    assert.equal(two, raised(net.run))
    assert.is_false(net.run())

    emitter = events({ captureRejections = true })
    emitter:on("x", raises_now(one))
    emitter[events.captureRejectionSymbol] = raises_later(two)
    emitter:emit("x")
    assert.equal(two, raised(net.run))
    assert.is_false(net.run())
  end)

  it("goes on after an error listener that raised", function()
    local one, two = { "one" }, { "two" }
    local emitter = events({ captureRejections = true })
    emitter:once("error", function(err) error(err, 0) end)
    emitter:on("x", raises_now(one))
    emitter:on("y", raises_now(two))
    emitter:emit("x")
    assert.equal(one, raised(net.run))
    local got
    emitter:on("error", function(err) got = err end)
    emitter:emit("y")
    testing.run()
    assert.equal(two, got)
  end)

  it("leaves what does not raise, and a task that was cancelled, alone", function()
    local emitter = events({ captureRejections = true })
    emitter:on("error", function(err) error(err, 0) end)
    local task
    emitter:on("x", function(fn)
      task = async.run(fn)
      return task
    end)
    emitter:on("x", function() return "no task", {} end)
    emitter:emit("x", function() return 7 end)
    assert.equal(7, task:await())
    emitter:emit("x", function() async.sleep(60000) end)
    task:cancel()
    assert.is_false(net.run())
  end)

  it("does not show among the listeners", function()
    local emitter = events({ captureRejections = true })
    local function listener() end
    emitter:on("x", listener)
    emitter:prependOnceListener("x", listener)
    assert.same({ listener, listener }, emitter:listeners("x"))
    local once = emitter:rawListeners("x")[1]
    assert.equal(listener, once.listener)
    assert.equal(listener, emitter:rawListeners("x")[2])
    assert.equal(2, emitter:listenerCount("x", listener))
    emitter:off("x", once)
    emitter:emit("x")
    assert.equal(1, emitter:listenerCount("x"))
    emitter:off("x", listener)
    assert.same({}, emitter:eventNames())
  end)

  it("is off for those that do not ask, and can be on for all", function()
    local err = { "why" }
    local emitter = events()
    emitter:on("error", function() error("not captured", 0) end)
    emitter:on("x", raises_later(err))
    emitter:emit("x")
    assert.equal(err, raised(net.run))
    events.captureRejections = true
    local Derived = events:extend("Derived")
    function Derived.initialize() end -- its parent's is not called
    for _, class in ipairs({ events, Derived }) do
      local got
      emitter = class()
      emitter:on("error", function(what) got = what end)
      emitter:on("x", raises_later(err))
      emitter:emit("x")
      testing.run()
      assert.equal(err, got)
    end
  end)

  for when, raises in pairs({ ["at once"] = raises_now, later = raises_later }) do
    it("destroys the connection whose handler raises " .. when, function()
      events.captureRejections = true
      local err = { "why" }
      local got, had_error
      local handler = raises(err)
      local server, port = sockets.serve({}, function(socket)
        socket:on("error", function(what) got = what end)
        socket:on("close", function(failed) had_error = failed end)
        return handler(socket)
      end)
      server:on("error", function() error("it is the connection's") end)
      local client = net.connect(port, HOST):resume()
      testing.run(function() return had_error ~= nil and client.destroyed end)
      assert.equal(err, got)
      assert.is_true(had_error)
      server:close()
    end)

    it("does not hide a handler's error that nobody listens for, raised " .. when, function()
      events.captureRejections = true
      local err = { "why" }
      local server, port = sockets.serve({}, raises(err))
      local client = net.connect(port, HOST):resume()
      assert.equal(err, raised(net.run))
      testing.run(function() return client.destroyed end)
      server:close()
    end)
  end

  it("destroys a stream whose listener's task raises, be it on its fast path", function()
    local err = { "why" }
    local server, port = sockets.serve({}, function(socket) socket:write("hello") end)
    local client = net.Socket({ captureRejections = true })
    client:on("data", raises_later(err))
    client:connect(port, HOST)
    assert.equal(err, testing.wait(client, "error"))
    assert.is_true(client.destroyed)
    server:close()
    testing.run()
    local readable = net.stream.Readable({ captureRejections = true, read = function() end })
    readable:on("data", raises_now(err))
    readable:push("x")
    assert.equal(err, testing.wait(readable, "error"))
    assert.is_true(readable.destroyed)
  end)
end)
