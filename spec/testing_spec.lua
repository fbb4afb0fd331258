local lfs = require("lfs")
local net = require("net")
local raised = require("spec.support.raised")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local function nothing() end

describe("testing", function()
  testing.leakCheck(before_each, after_each)

  describe("task", function()
    local async = net.async
    local function failed(fn, ...) return select(2, async.pcall(fn, ...)) end

    it("makes a test of straight-line code, in which all helpers wait as tasks do", function()
      local seen = {}
      local test = testing.task(function(a)
        seen[#seen + 1] = a
        local client, peer = testing.pair({ allowHalfOpen = true })
        local beside = async.run(function()
          peer:writeAll(testing.collect(peer, "?") .. "!")
          peer:finish()
        end)
        client:writeAll("who")
        client:writeAll("?")
        assert.equal("who?!", testing.collect(client, 5))
        beside:await()
        client:finish()
        client:resume()
        testing.run(function() return client.readableEnded end)
        testing.wait(client, "end")
        assert.equal(false, testing.wait(client, "close"))
        peer:resume()
        testing.wait(peer, "close")
        local message = tostring(failed(testing.wait, net.events(), "never", 10))
        assert.truthy(message:find("no 'never' of EventEmitter within 10 ms", 1, true), message)
        seen[#seen + 1] = "over"
      end)
      test("a")
      assert.same({ "a", "over" }, seen)
    end)

    it("fails by what the task raises, by what others raise, and by its time limit", function()
      local err = raised(testing.task(function()
        async.sleep(1)
        error("by intent", 0)
      end))
      assert.truthy(tostring(err):find("by intent", 1, true))
      err = raised(testing.task(function()
        net.timers.setTimeout(function() error("of another", 0) end, 1)
        async.sleep(60000)
      end))
      assert.truthy(tostring(err):find("of another", 1, true))
      err = raised(testing.task(function() async.sleep(60000) end, 10))
      assert.truthy(tostring(err):find("the task was not over within 10 ms", 1, true), tostring(err))
      assert.equal("ERR_INVALID_ARG_TYPE", raised(testing.task, 1).code)
    end)
  end)

  describe("async", function()
    it("gives a function that runs the loop until done is called", function()
      local seen = {}
      testing.async(function(done)
        timers.setTimeout(function()
          seen[#seen + 1] = "timer"
          done()
        end, 1)
        seen[#seen + 1] = "begun"
      end)()
      assert.same({ "begun", "timer" }, seen)
    end)

    it("need not run the loop if done is called at once", function()
      local ran = false
      timers.setImmediate(function() ran = true end)
      testing.async(function(done) done() end)()
      assert.is_false(ran)
      testing.run()
      assert.is_true(ran)
    end)

    it("raises what done gets", function()
      local err = net.errors("boom")
      assert.equal(err, raised(testing.async(function(done) timers.setImmediate(done, err) end)))
      assert.equal("boom", raised(testing.async(function(done) done("boom") end)))
    end)

    it("takes the first call of done only", function()
      testing.async(function(done)
        timers.setImmediate(function()
          done()
          done("too late")
        end)
      end)()
    end)

    it("raises what the function or a callback raises", function()
      local err = net.errors("boom")
      assert.equal(err, raised(testing.async(function() error(err, 0) end)))
      assert.equal(
        err,
        raised(testing.async(function(done)
          timers.setImmediate(function() error(err, 0) end)
          timers.setTimeout(done, 1)
        end))
      )
      -- The timeout is still there.
      testing.run()
      local text = raised(testing.async(function()
        timers.setImmediate(function() error("plain") end)
      end))
      assert.truthy(text:find("plain", 1, true))
      assert.truthy(text:find("testing_spec.lua:%d+: plain"))
    end)

    it("fails when the time is over, and says so", function()
      local timeout
      local text = raised(testing.async(function() timeout = timers.setTimeout(nothing, 60000) end, 20))
      assert.truthy(text:find("done was not called within 20 ms", 1, true))
      timeout:close()
    end)

    it("fails at once when nothing is left that could call done", function()
      local text = raised(testing.async(nothing))
      assert.truthy(text:find("nothing is left", 1, true))
    end)

    it("goes on when a callback stops the loop", function()
      testing.async(function(done)
        timers.setImmediate(function()
          net.stop()
          timers.setTimeout(done, 2)
        end)
      end)()
    end)
  end)

  describe("wait", function()
    it("runs the loop until the event, and gives back its arguments", function()
      local emitter = net.events()
      timers.setImmediate(function() emitter:emit("a", 1, nil, 3) end)
      local function pack(...) return { n = select("#", ...), ... } end
      assert.same({ n = 3, 1, nil, 3 }, pack(testing.wait(emitter, "a")))
      assert.same({}, emitter:eventNames())
    end)

    it("returns at once for what comes once and has come before", function()
      local client, peer = testing.pair()
      peer:resetAndDestroy()
      client:resume()
      assert.equal("ECONNRESET", testing.wait(client, "error").code)
      assert.is_true(testing.wait(client, "close"))
      assert.is_true(testing.wait(client, "close", 20))
      client, peer = testing.pair()
      client:resume():finish()
      peer:resume()
      assert.is_false(testing.wait(peer, "close"))
      testing.wait(peer, "end", 20)
      testing.wait(peer, "finish", 20)
      local server = net.createServer():listen(0)
      testing.wait(server, "listening")
      testing.wait(server, "listening", 20)
      server:close()
      testing.wait(server, "close")
    end)

    it("gives the data that came between two waits for it, in order", function()
      local client, peer = testing.pair()
      peer:setNoDelay()
      for i = 1, 3 do
        peer:write(tostring(i))
        -- Each comes by itself, and the later ones while nobody waits.
        local came = i
        testing.run(function() return client.bytesRead + (came == 1 and 1 or 0) >= came end)
        if i == 1 then assert.equal("1", testing.wait(client, "data")) end
      end
      assert.equal("2", testing.wait(client, "data"))
      assert.equal("3", testing.wait(client, "data"))
      -- What somebody else has heard is not told again.
      local heard = ""
      client:on("data", function(data) heard = heard .. data end)
      peer:write("4")
      testing.run(function() return heard == "4" end)
      timers.setTimeout(function() peer:write("5") end, 5)
      assert.equal("5", testing.wait(client, "data"))
      client:destroy()
      peer:destroy()
    end)

    it("is refused within a condition, which is asked while the loop runs", function()
      local codes = {}
      local alive = timers.setInterval(nothing, 5)
      testing.run(function()
        local ok, err = pcall(testing.wait, net.events(), "x", 1)
        if not ok and type(err) == "table" then codes[err.code] = true end
        return next(codes) ~= nil
      end)
      alive:close()
      assert.same({ ERR_LOOP_RUNNING = true }, codes)
    end)

    it("returns at once for a server that has closed, and for a socket that is connected", function()
      local server = net.createServer():listen(0)
      testing.wait(server, "listening")
      local client = net.connect(server:address().port)
      local accepted = testing.wait(server, "connection")
      testing.wait(client, "connect")
      testing.wait(client, "connect", 20)
      testing.wait(client, "ready", 20)
      assert.truthy(raised(testing.wait, accepted, "connect", 20):find("no 'connect'", 1, true))
      server:close()
      -- It has stopped to listen, but is not closed: a connection is open.
      assert.truthy(raised(testing.wait, server, "close", 20):find("no 'close' of Server", 1, true))
      accepted:resume()
      client:destroy()
      testing.wait(server, "close")
      assert.equal(0, select("#", testing.wait(server, "close", 20)))
      assert.same({}, server:eventNames())
      assert.truthy(raised(testing.wait, client, "connect"):find("nothing is left to happen", 1, true))
    end)

    it("waits for the close of a server that looks its host up", function()
      local server = net.createServer():listen(0, "localhost")
      local closed = false
      server:on("close", function() closed = true end)
      server:on("listening", function() server:close() end)
      testing.wait(server, "close")
      assert.is_true(closed)
    end)


    it("fails when the event does not come in time, and names it", function()
      local socket = net.Socket()
      local timeout = timers.setTimeout(nothing, 60000)
      local text = raised(testing.wait, socket, "connect", 20)
      assert.truthy(text:find("no 'connect' of Socket within 20 ms", 1, true))
      timeout:close()
      text = raised(testing.wait, socket, "connect")
      assert.truthy(text:find("nothing is left to happen", 1, true))
      assert.same({}, socket:eventNames())
    end)

    it("raises an error that nobody listens for", function()
      local socket = net.connect(testing.tmpPath())
      assert.equal("ENOENT", raised(testing.wait, socket, "connect").code)
    end)
  end)

  describe("complains at the call", function()
    local function pass() end

    local function refusal(fn, ...)
      local err = raised(fn, ...)
      assert.is_true(net.errors:isInstance(err), tostring(err))
      local place = err.traceback:match("^stack traceback:%s*([^\n]+)")
      assert.is_nil(place:find("lua/uvnet/", 1, true), place)
      return tostring(err)
    end

    it("of an emitter that is none, and of an event that is missing", function()
      local text = 'TypeError [ERR_INVALID_ARG_TYPE]: The "emitter" argument must be an instance of EventEmitter. '
        .. "Received "
      assert.equal(text .. "type string ('x')", refusal(testing.wait, "x"))
      assert.equal(text .. "undefined", refusal(testing.wait))
      assert.equal(text .. "an instance of Object", refusal(testing.wait, {}, "close"))
      local missing = 'TypeError [ERR_MISSING_ARGS]: The "event" argument must be specified'
      assert.equal(missing, refusal(testing.wait, net.Socket()))
    end)

    it("of what cannot be called", function()
      local text = 'TypeError [ERR_INVALID_ARG_TYPE]: The "%s" argument must be of type function. Received %s'
      assert.equal(text:format("condition", "type number (5)"), refusal(testing.run, 5))
      assert.equal(text:format("condition", "type boolean (false)"), refusal(testing.run, false))
      assert.equal(text:format("fn", "undefined"), refusal(testing.async))
      assert.equal(text:format("before_each", "undefined"), refusal(testing.leakCheck))
      assert.equal(text:format("after_each", "type string ('x')"), refusal(testing.leakCheck, pass, "x"))
      testing.run(setmetatable({}, { __call = function() return true end }))
    end)

    it("of options that are no table", function()
      local text = 'TypeError [ERR_INVALID_ARG_TYPE]: The "%s" %s must be of type object. Received %s'
      assert.equal(text:format("options", "argument", "type number (5)"), refusal(testing.pair, 5))
      assert.equal(text:format("options.server", "property", "type boolean (true)"),
        refusal(testing.pair, { server = true }))
      assert.equal(text:format("options.client", "property", "type string ('x')"),
        refusal(testing.pair, { client = "x" }))
    end)

    it("of a time that is none, before anything is done", function()
      local emitter, called = net.events(), false
      local function call() called = true end
      for _, one in ipairs({
        { "20", "TypeError [ERR_INVALID_ARG_TYPE]: The \"ms\" argument must be of type number. "
          .. "Received type string ('20')" },
        { -1, 'RangeError [ERR_OUT_OF_RANGE]: The value of "ms" is out of range. It must be >= 0 && <= 2147483647. '
          .. "Received -1" },
        { 0 / 0, 'RangeError [ERR_OUT_OF_RANGE]: The value of "ms" is out of range. It must be >= 0 && <= 2147483647. '
          .. "Received NaN" },
      }) do
        assert.equal(one[2], refusal(testing.wait, emitter, "x", one[1]))
        assert.equal(one[2], refusal(testing.run, call, one[1]))
        assert.equal(one[2], refusal(testing.async, call, one[1]))
      end
      assert.same({}, emitter:eventNames())
      assert.is_false(called)
    end)

    it("of a limit for all that is none", function()
      local before = testing.timeout
      testing.timeout = "long"
      local waited, ran = refusal(testing.wait, net.events(), "x"), refusal(testing.run)
      local tested = refusal(testing.async(pass))
      testing.timeout = before
      assert.equal("TypeError [ERR_INVALID_ARG_TYPE]: The \"testing.timeout\" property must be of type number. "
        .. "Received type string ('long')", waited)
      assert.equal(waited, ran)
      assert.equal(waited, tested)
    end)

    for call, fn in pairs({
      ["async(fn)"] = function() testing:async(pass) end,
      ["wait(emitter, event)"] = function() testing:wait(net.events(), "x") end,
      ["run(condition)"] = function() testing:run(pass) end,
      ["pair(options)"] = function() testing:pair() end,
      ["leakCheck(before_each, after_each)"] = function() testing:leakCheck(pass, pass) end,
    }) do
      it("of a colon: " .. call, function()
        assert.equal("TypeError [ERR_INVALID_THIS]: Call it with a dot: testing." .. call, refusal(fn))
      end)
    end
  end)

  describe("run", function()
    it("runs the loop until nothing is left", function()
      local count = 0
      local interval
      interval = timers.setInterval(function()
        count = count + 1
        if count == 3 then interval:close() end
      end, 1)
      testing.run()
      assert.equal(3, count)
    end)

    it("runs the loop until a condition is true", function()
      local count = 0
      local interval = timers.setInterval(function() count = count + 1 end, 1)
      testing.run(function() return count >= 2 end)
      assert.is_true(count >= 2)
      interval:close()
    end)

    it("fails when the time is over", function()
      local interval = timers.setInterval(nothing, 1)
      assert.truthy(raised(testing.run, nil, 20):find("within 20 ms", 1, true))
      assert.truthy(raised(testing.run, function() return false end, 20):find("within 20 ms", 1, true))
      assert.truthy(raised(testing.run, nil, 0.5):find("within 0.5 ms", 1, true))
      interval:close()
      assert.truthy(raised(testing.run, function() return false end):find("nothing is left", 1, true))
    end)
  end)

  describe("pair", function()
    it("is of the two that belong together, whoever comes to the port meanwhile", function()
      local connect, stranger = net.connect, nil
      net.connect = function(where)
        net.connect = connect
        stranger = net.connect({ host = where.host, port = where.port }):resume()
        return net.connect(where)
      end
      local client, accepted = testing.pair()
      net.connect = connect
      assert.equal(client.localPort, accepted.remotePort)
      assert.is_false(testing.wait(stranger, "close"))
      client:destroy()
      accepted:destroy()
    end)

    for _, ipc in ipairs({ false, true }) do
      it("gives two sockets that are connected, over " .. (ipc and "a unix socket" or "TCP"), function()
        local client, accepted = testing.pair({ ipc = ipc })
        assert.is_true(net.Socket:isInstance(client))
        assert.is_true(net.Socket:isInstance(accepted))
        client:write("ping")
        assert.equal("ping", testing.wait(accepted, "data"))
        accepted:write("pong")
        assert.equal("pong", testing.wait(client, "data"))
        assert.equal(ipc, client.remotePort == nil)
        client:destroy()
        accepted:destroy()
      end)
    end

    it("leaves nothing open when one side's options are refused", function()
      for _, wrong in ipairs({ { client = { localAddress = "x" } }, { client = { connectTimeout = "x" } } }) do
        assert.is_false((pcall(testing.pair, wrong)))
        testing.run()
        assert.same({}, require("uvnet.core").open_objects())
      end
      testing.task(function()
        assert.is_false((net.async.pcall(testing.pair, { client = { localAddress = "x" } })))
      end)()
    end)

    it("hands its options to both sides, or to one", function()
      local client, accepted = testing.pair({ allowHalfOpen = true })
      assert.is_true(client.allowHalfOpen)
      assert.is_true(accepted.allowHalfOpen)
      client:destroy()
      accepted:destroy()
      client, accepted = testing.pair({ server = { allowHalfOpen = true } })
      assert.is_false(client.allowHalfOpen)
      assert.is_true(accepted.allowHalfOpen)
      client:destroy()
      accepted:destroy()
    end)
  end)

  it("finds a port that is free", function()
    local port = testing.freePort()
    assert.is_true(port > 0 and port < 65536)
    testing.run()
    local server = net.createServer():listen(port)
    testing.wait(server, "listening")
    server:close()
  end)

  it("makes a short path where no file is", function()
    local path = testing.tmpPath()
    assert.is_nil(lfs.attributes(path))
    assert.is_true(#path < 60)
    assert.are_not.equal(path, testing.tmpPath())
  end)

  describe("check", function()
    it("is content when nothing is open, and with what is just being closed", function()
      testing.check()
      local client, accepted = testing.pair()
      client:destroy()
      accepted:destroy()
      testing.check()
    end)

    it("names an open server, where it listens and where it was made, and closes it", function()
      local server = net.createServer()
      server:listen(0, "127.0.0.1")
      testing.wait(server, "listening")
      local port = server:address().port
      local text = raised(testing.check)
      assert.truthy(text:find(("left open:\nServer on 127.0.0.1:%d, made at\n"):format(port), 1, true))
      assert.truthy(text:find("testing_spec.lua", 1, true))
      assert.is_false(server.listening)
      testing.check()
    end)

    it("names open sockets, those of a server too", function()
      local client, accepted = testing.pair()
      local text = raised(testing.check)
      local _, sockets = text:gsub("Socket on 127%.0%.0%.1:%d+, ", "")
      assert.equal(2, sockets)
      assert.truthy(text:find("accepted by the server made at", 1, true))
      assert.is_true(client.destroyed)
      assert.is_true(accepted.destroyed)
      testing.check()
    end)

    it("says where it was made by a before_each that stands above", function()
      local before, after = {}, {}
      local made
      before[1] = function() made = net.createServer():listen(0) end
      testing.untrack()
      testing.leakCheck(function(fn) before[#before + 1] = fn end, function(fn) after[#after + 1] = fn end)
      for round = 1, 2 do
        for _, fn in ipairs(before) do
          fn()
        end
        testing.wait(made, "listening")
        local text = raised(after[1])
        assert.truthy(text:find("made at\n\t[^\n]*testing_spec.lua"), round .. text)
      end
    end)

    it("says of what was made before that it was", function()
      testing.untrack()
      local server = net.createServer():listen(0)
      testing.track()
      testing.wait(server, "listening")
      local text = raised(testing.check)
      assert.truthy(text:find("made before its making was tracked", 1, true), text)
    end)

    it("says how to learn where it was made", function()
      testing.untrack()
      local server = net.createServer():listen(0)
      testing.wait(server, "listening")
      assert.truthy(raised(testing.check):find("testing.track() tells", 1, true))
    end)

    it("names the timeouts that are left, and closes them", function()
      timers.setTimeout(nothing, 60000)
      timers.setInterval(nothing, 70000)
      local message = raised(testing.check)
      assert.truthy(message:find("a timeout of 60000 ms", 1, true))
      assert.truthy(message:find("an interval of 70000 ms", 1, true))
      testing.check()
    end)

    it("says what is open beside an error", function()
      local server = net.createServer():listen(0)
      testing.wait(server, "listening")
      timers.setImmediate(function() error("mine", 0) end)
      local message = raised(testing.check)
      assert.truthy(message:find("mine", 1, true))
      assert.truthy(message:find("Server on", 1, true))
      testing.check()
    end)

    it("names a timeout beside what is open, and leaves neither to the next test", function()
      local server = net.createServer():listen(0)
      testing.wait(server, "listening")
      timers.setTimeout(nothing, 60000)
      local message = raised(testing.check)
      assert.truthy(message:find("left open:\nServer on", 1, true), message)
      assert.truthy(message:find("\na timeout of 60000 ms keeps the loop running", 1, true), message)
      testing.check()
    end)

    it("lets a timeout be that is unreferenced", function()
      local timeout = timers.setTimeout(nothing, 60000):unref()
      testing.check()
      timeout:close()
    end)

    it("raises what callbacks raise meanwhile, and then the next thing is checked anew", function()
      timers.setImmediate(function() error("late", 0) end)
      assert.truthy(raised(testing.check):find("late", 1, true))
      testing.check()
    end)

    it("leaves no trace of track behind", function()
      testing.untrack()
      local initialize = net.Socket.initialize
      testing.track()
      testing.track()
      assert.are_not.equal(initialize, net.Socket.initialize)
      testing.untrack()
      assert.equal(initialize, net.Socket.initialize)
    end)
  end)

  describe("collect", function()
    it("gives what has come up to so many bytes, or to a text, and leaves the rest", function()
      local client, peer = testing.pair()
      for letter in ("one two three"):gmatch(".") do
        peer:write(letter)
        net.run("nowait")
      end
      assert.equal("one t", testing.collect(client, 5))
      assert.equal("wo th", testing.collect(client, "th"))
      peer:finish()
      local ok, message = pcall(testing.collect, client, 10)
      assert.is_false(ok)
      assert.truthy(message:find("ree", 1, true), message)
      client:destroy()
      testing.wait(peer, "close")
    end)

    it("fails in time, with what has come", function()
      local client, peer = testing.pair()
      peer:write("not it")
      local _, message = pcall(testing.collect, client, "it is", 50)
      assert.truthy(message:find("within 50 ms", 1, true), message)
      assert.truthy(message:find("not it", 1, true), message)
      assert.equal("ERR_INVALID_ARG_TYPE", select(2, pcall(testing.collect, client, true)).code)
      local nothing_to_read = net.stream.Writable({ write = function() end })
      for _, wrong in ipairs({ nothing_to_read, net.events() }) do
        assert.equal("ERR_INVALID_ARG_TYPE", select(2, pcall(testing.collect, wrong, 5)).code)
      end
      assert.truthy(select(2, pcall(testing.collect, client, 1e300, 5)):find("no 1e+300 bytes", 1, true))
      client:destroy()
      testing.wait(peer, "close")
    end)
  end)
end)
