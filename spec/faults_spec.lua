local child = require("spec.support.child")
local core = require("uvnet.core")
local net = require("net")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local HOST = "127.0.0.1"

-- A server that listens: with a host it would not do so before the next tick.
local function serve(...) return net.createServer(...):listen(0) end

local function ignore(emitter) return emitter:on("error", function() end) end

-- Runs the loop until it is idle, past whatever callbacks raise; gives back what they did.
local function run_through()
  local raised = {}
  for _ = 1, 200 do
    local ok, result = pcall(net.run)
    if ok and not result then break end
    if not ok then raised[#raised + 1] = result end
  end
  return raised
end

describe("faults:", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  describe("a peer that resets", function()
    -- What our side is doing at that moment.
    local states = {
      ["while we read"] = function(ours) ours:on("data", function() end) end,
      ["while we do not read"] = function(ours) ours:pause() end,
      ["while we write"] = function(ours) ours:write(("x"):rep(8 * 1024 * 1024)) end,
      ["when we have ended"] = function(ours)
        ours:finish()
        ours:resume()
      end,
      ["when we are corked"] = function(ours)
        ours:cork()
        ours:write("x")
        ours:resume()
      end,
    }
    for name, begin in pairs(states) do
      it(name .. " has the socket closed, and each write called back once", function()
        local client, ours = testing.pair({ allowHalfOpen = true })
        ignore(client)
        local calls, closes = 0, 0
        ignore(ours):on("close", function() closes = closes + 1 end)
        ours:write("before", function() calls = calls + 1 end)
        begin(ours)
        client:resetAndDestroy()
        testing.wait(client, "close")
        -- Who does not read hears of it when he writes.
        local again = timers.setInterval(function()
          if not ours.destroyed and not ours.writableEnded then ours:write("?") end
          if ours:isPaused() then ours:resume() end
        end, 5)
        if not ours.destroyed then testing.wait(ours, "close") end
        again:close()
        run_through()
        assert.equal(1, closes)
        assert.equal(1, calls)
      end)
    end
  end)

  describe("a peer that sends one byte at a time", function()
    for _, encoding in ipairs({ "bytes", "utf8", "base64" }) do
      it("is understood as " .. encoding, function()
        local client, ours = testing.pair()
        local text = ("gr\195\188n \226\130\172 \240\159\152\128 "):rep(20)
        if encoding ~= "bytes" then ours:setEncoding(encoding) end
        local got = {}
        ours:on("data", function(data) got[#got + 1] = data end)
        client:setNoDelay()
        local at = 0
        local function send()
          at = at + 1
          if at > #text then return client:finish() end
          client:write(text:sub(at, at), send)
        end
        send()
        testing.wait(ours, "end")
        run_through()
        local result = table.concat(got)
        if encoding == "base64" then
          local back, other = testing.pair()
          back:write(result, "base64")
          back:finish()
          result = testing.wait(other, "data")
          other:resume()
          run_through()
        end
        assert.equal(text, result)
      end)
    end
  end)

  it("a peer that does not read: what is queued stays at what one writes between two drains", function()
    local client, ours = testing.pair()
    ours:pause()
    ignore(ours)
    local chunk, most, drains = ("x"):rep(65536), 0, 0
    local function pour()
      repeat
        local more = client:write(chunk)
        most = math.max(most, client.writableLength)
      until not more
    end
    client:on("drain", function()
      drains = drains + 1
      pour()
    end)
    pour()
    timers.setTimeout(function()
      client:destroy()
      ours:destroy()
    end, 200)
    run_through()
    assert.is_true(most <= 65536 + client.writableHighWaterMark, most .. " bytes were queued")
  end)

  describe("a connection that is given up", function()
    local function given_up(begin, abort)
      local socket = net.Socket()
      local events = {}
      for _, event in ipairs({ "lookup", "connect", "ready", "data", "end", "close", "error" }) do
        socket:on(event, function() events[#events + 1] = event end)
      end
      local result
      socket:write("x", function(err) result = err and err.code end)
      begin(socket)
      abort(socket)
      run_through()
      return events, result
    end

    it("while connecting only closes, and its writes are called back", function()
      local server = serve()
      local events, result = given_up(function(socket) socket:connect(server:address().port, HOST) end, function(socket)
        socket:destroy()
        server:close()
      end)
      assert.same({ "close" }, events)
      assert.truthy(result)
    end)

    it("while the host is looked up by the system only closes: the answer comes to nobody", function()
      local function begin(socket) socket:connect(1, "localhost") end
      local events = given_up(begin, function(socket) socket:destroy() end)
      assert.same({ "close" }, events)
    end)

    it("while a lookup of one's own is under way only closes, however late, often or wrongly it answers", function()
      local answer
      local events = given_up(function(socket)
        socket:connect({ port = 1, host = "name", lookup = function(_, _, callback) answer = callback end })
      end, function(socket)
        socket:destroy()
        timers.setTimeout(function()
          answer(nil, "127.0.0.1", 4)
          answer(nil, {})
          answer(net.errors("no"))
        end, 5)
      end)
      assert.same({ "close" }, events)
    end)

    it("and begun again is not disturbed by what the first one left", function()
      local server = serve(function(socket) socket:pipe(socket) end)
      local socket = ignore(net.Socket())
      local failed, sent = 0, 0
      socket:connect(1, HOST)
      socket:write("first", function(err) failed = failed + (err and 1 or 0) end)
      socket:finish()
      socket:once("close", function()
        socket:connect(server:address().port, HOST, function()
          socket:write("second", function(err) sent = sent + (err and 0 or 1) end)
        end)
        error("raised among the listeners for close")
      end)
      local got
      socket:on("data", function(data)
        got = data
        socket:destroy()
        server:close()
      end)
      local raised = run_through()
      assert.equal(1, #raised)
      assert.equal("second", got)
      assert.equal(1, failed)
      assert.equal(1, sent)
    end)
  end)

  describe("within every callback", function()
    -- What makes the callback come: gets a client, our side, the server and what to call.
    local callbacks = {
      connect = function(client, _, _, call) client:once("connect", call) end,
      ready = function(client, _, _, call) client:once("ready", call) end,
      data = function(_, ours, _, call) ours:once("data", call) end,
      ["end"] = function(client, ours, _, call)
        ours:once("end", call):resume()
        client:finish()
      end,
      finish = function(client, _, _, call) client:once("finish", call):finish() end,
      drain = function(client, _, _, call)
        client:once("drain", call)
        repeat until not client:write(("x"):rep(100000))
      end,
      timeout = function(client, _, _, call) client:setTimeout(5, call) end,
      error = function(client, _, _, call)
        client:once("error", call)
        client:destroy(net.errors("by intent"))
      end,
      close = function(client, _, _, call) client:once("close", call):destroy() end,
      write = function(client, _, _, call) client:write("x", call) end,
      ["server's close"] = function(client, ours, server, call)
        server:once("close", call)
        client:destroy()
        ours:destroy()
      end,
    }
    local calls = {
      destroy = function(socket) socket:destroy() end,
      reset = function(socket) socket:resetAndDestroy() end,
      finish = function(socket) socket:finish("bye") end,
      write = function(socket) socket:write("more") end,
      pause = function(socket) socket:pause() end,
      resume = function(socket) socket:resume() end,
      connect = function(socket, port) socket:connect(port, HOST) end,
      removeAllListeners = function(socket) ignore(socket:removeAllListeners()) end,
      ["collectgarbage"] = function() collectgarbage() end,
      ["error"] = function() error({ by = "intent" }) end,
    }
    for callback, arrange in pairs(callbacks) do
      for name, call in pairs(calls) do
        it(callback .. ", " .. name .. " is safe", function()
          local called = 0
          local server, ours, client
          local function act()
            called = called + 1
            call(client, server.port)
            call(ours or client, server.port)
          end
          server = serve(function(socket)
            ours = ignore(socket)
            socket:on("data", function() end)
            socket:write("hello")
            client:write("hello")
            if callback ~= "connect" and callback ~= "ready" then arrange(client, ours, server, act) end
            server:close()
          end)
          server.port = server:address().port
          client = ignore(net.connect(server.port, HOST))
          client:on("data", function() end)
          if callback == "connect" or callback == "ready" then arrange(client, nil, server, act) end
          -- What it leaves open is closed a while after it came.
          local enough
          enough = timers.setInterval(function()
            if called == 0 then return end
            enough:close()
            for _, object in ipairs(core.open_objects()) do
              if object.destroy then object:destroy() else object:close() end
            end
          end, 40)
          local raised = run_through()
          enough:close()
          assert.equal(1, called)
          assert.equal(0, core.open_handles())
          for _, err in ipairs(raised) do
            assert.equal("table", type(err))
            assert.truthy(err.by == "intent" or err.code, tostring(err))
          end
        end)
      end
    end
  end)

  it("yielding across a callback is an error that names the boundary, and the loop goes on", function()
    local after = false
    local thread = coroutine.create(function()
      timers.setImmediate(coroutine.yield)
      timers.setImmediate(function() after = true end)
      local ok, err = pcall(net.run)
      assert.is_false(ok)
      assert.truthy(tostring(err):find("yield"), tostring(err))
      net.run()
      return "done"
    end)
    local ok, result = coroutine.resume(thread)
    assert.is_true(ok, tostring(result))
    assert.equal("done", result)
    assert.is_true(after)
  end)

  it("the loop may be run by one coroutine after another, and callbacks may resume others", function()
    local got = {}
    local waiting = coroutine.wrap(function()
      for _ = 1, 3 do
        got[#got + 1] = coroutine.yield()
      end
    end)
    waiting()
    for i = 1, 3 do
      coroutine.wrap(function()
        timers.setImmediate(function() waiting(i) end)
        net.run()
      end)()
    end
    assert.same({ 1, 2, 3 }, got)
  end)

  describe("the system", function()
    it("that has no descriptors left: what was accepted is served, the server recovers, nothing spins", function()
      local script = os.tmpname()
      local file = assert(io.open(script, "w"))
      file:write([[
        io.stdout:setvbuf("line")
        local net = require("uvnet")
        local server = net.createServer(function(socket)
          socket:on("error", function() end)
          socket:pipe(socket)
        end)
        server:on("error", function(err) assert(err.code == "EMFILE", tostring(err)) end)
        server:listen(0, "127.0.0.1", function() print("port " .. server:address().port) end)
        local begun, left = os.clock(), 20
        net.timers.setInterval(function()
          left = left - 1
          if left == 0 then print(("cpu %.3f"):format(os.clock() - begun)) end
        end, 50):unref()
        net.run()
      ]])
      file:close()
      local running = child.start("sh -c " .. child.quote("ulimit -n 30; exec " .. child.lua(script)))
      local port = tonumber(running:waitFor("port (%d+)\n"))
      local clients, served = {}, 0
      for i = 1, 60 do
        clients[i] = ignore(net.connect(port, HOST))
        clients[i]:once("data", function() served = served + 1 end)
        clients[i]:write("hello")
      end
      testing.run(function() return served >= 10 end)
      local cpu = tonumber(running:waitFor("cpu ([%d.]+)\n"))
      assert.is_true(served < 60, "the limit is not felt")
      assert.is_true(cpu < 0.5, ("%.3f s of processor time in a second"):format(cpu))
      for _, client in ipairs(clients) do
        client:destroy()
      end
      run_through()
      -- All descriptors are free again; the next one is served.
      local answer
      for _ = 1, 50 do
        local client = ignore(net.connect(port, HOST))
        client:on("data", function(data)
          answer = data
          client:destroy()
        end)
        client:write("again")
        run_through()
        if answer then break end
      end
      assert.equal("again", answer)
      os.execute("kill " .. running:pid())
      running:wait()
      os.remove(script)
    end)

    it("that would send SIGPIPE does not end the program", function()
      local script = os.tmpname()
      local file = assert(io.open(script, "w"))
      file:write([[
        local net = require("uvnet")
        local server = net.createServer(function(socket)
          socket:resetAndDestroy()
        end):listen(0)
        local client = net.connect(server:address().port, "127.0.0.1")
        local code
        client:on("error", function(err) code = err.code end)
        client:pause()
        client:on("connect", function()
          net.timers.setInterval(function() client:write(("x"):rep(100000)) end, 2):unref()
        end)
        client:on("close", function() server:close() end)
        net.run()
        print(code)
        os.exit(code and 0 or 1)
      ]])
      file:close()
      local running = child.start(child.lua(script))
      assert.equal(0, running:wait())
      os.remove(script)
    end)

    it("that refuses an address says so, and the server can listen elsewhere", function()
      local first = serve()
      local second = net.createServer()
      second:listen(first:address().port)
      assert.equal("EADDRINUSE", testing.wait(second, "error").code)
      second:listen(0, "192.0.2.1")
      assert.equal("EADDRNOTAVAIL", testing.wait(second, "error").code)
      second:listen(0, HOST)
      testing.wait(second, "listening")
      first:close()
      second:close()
    end)
  end)
end)
