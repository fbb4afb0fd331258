--- Tasks: what waits, what ends a wait, and what is left behind.

local core = require("uvnet.core")
local net = require("net")
local raised = require("spec.support.raised")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local turns = require("spec.support.turns")

local async, timers = net.async, net.timers

-- What a task has raised.
local function error_of(task) return raised(task.await, task) end

local function is_code(code, err)
  assert.equal(code, type(err) == "table" and err.code or err)
end

describe("net.async", function()
  after_each(turns.close_all)
  testing.leakCheck(before_each, after_each)

  describe("a task", function()
    it("runs at once up to its first wait, and gives back what its function returns", function()
      local log = {}
      local task = async.run(function(a, b)
        log[#log + 1] = a .. b
        async.sleep(1)
        log[#log + 1] = "over"
        return 1, nil, 3, nil
      end, "a", "b")
      assert.same({ "ab" }, log)
      assert.equal("running", task.state)
      assert.equal(4, select("#", task:await()))
      local one, two, three = task:await()
      assert.same({ 1, 3 }, { one, three })
      assert.is_nil(two)
      assert.same({ "ab", "over" }, log)
      assert.equal("done", task.state)
    end)

    it("raises in who awaits it, once and again, what its function raises", function()
      local err = { "mine" }
      local task = async.run(function()
        async.sleep(1)
        error(err)
      end)
      assert.equal(err, raised(function() task:await() end))
      assert.equal(err, raised(function() task:await() end))
      assert.equal("failed", task.state)
      net.run()
    end)

    it("has what nobody awaits come out of net.run, with its own lines", function()
      local function inner() error("not good") end
      async.run(function()
        async.sleep(1)
        inner()
      end)
      local err = raised(net.run)
      assert.truthy(err:find("not good", 1, true))
      assert.truthy(err:find("in %S* ?'?inner") or err:find("inner"), err)
      async.run(function() error(net.errors("at once")) end)
      assert.equal("at once", raised(net.run).message)
      assert.is_false(net.run())
    end)

    it("gives an error that the loop has made its own lines, too", function()
      local function ask() return async.connect(testing.freePort(), sockets.HOST) end
      local task = async.run(function() return (ask()) end)
      local err = error_of(task)
      is_code("ECONNREFUSED", err)
      assert.truthy(err.traceback:find("async_spec.lua", 1, true), err.traceback)
    end)

    it("may be awaited by many", function()
      local task = async.run(function()
        async.sleep(1)
        return "x"
      end)
      local seen = {}
      for i = 1, 3 do
        async.run(function() seen[i] = task:await() end)
      end
      net.run()
      assert.same({ "x", "x", "x" }, seen)
    end)

    it("cannot await itself, or yield by itself", function()
      local task
      task = async.run(function()
        async.sleep(1)
        task:await()
      end)
      is_code("ERR_INVALID_STATE", error_of(task))
      is_code("ERR_INVALID_STATE", error_of(async.run(coroutine.yield, 1)))
    end)

    it("takes no other along when it fails", function()
      local done = false
      async.run(function()
        async.run(function()
          async.sleep(1)
          error("child")
        end)
        async.sleep(5)
        done = true
      end)
      assert.truthy(raised(net.run):find("child", 1, true))
      net.run()
      assert.is_true(done)
    end)
  end)

  describe("cancel", function()
    it("raises an AbortError in the wait, with the reason as its cause", function()
      local seen
      local task = async.run(function()
        local ok, err = async.pcall(async.sleep, 1e6)
        seen = not ok and err
        error(err, 0)
      end)
      task:cancel("enough")
      assert.equal("cancelled", task.state)
      assert.equal("AbortError", seen.name)
      is_code("ABORT_ERR", seen)
      assert.equal("enough", seen.cause)
      assert.equal(seen, raised(function() task:await() end))
      assert.is_false(net.run()) -- and nobody else hears of it
    end)

    it("raises in the next wait of a task that runs, and does nothing to one that has ended", function()
      local task
      task = async.run(function()
        async.sleep(1)
        task:cancel()
        local ok = true -- it runs on
        async.sleep(1)
        return ok
      end)
      net.run()
      assert.equal("cancelled", task.state)
      task = async.run(function() return 1 end)
      task:cancel()
      assert.equal(1, task:await())
    end)

    it("takes the children along, and theirs, but not who is detached", function()
      local log = {}
      local function child(name)
        return function()
          local ok = async.pcall(async.sleep, 20)
          log[#log + 1] = name .. (ok and " slept" or " cancelled")
          if not ok then error("gone", 0) end
        end
      end
      local task = async.run(function()
        async.run(function()
          async.run(child("grandchild"))
          async.sleep(1e6)
        end)
        async.detach(child("detached"))
        async.run(child("second")):detach()
        async.sleep(1e6)
      end)
      task:cancel()
      assert.same({ "grandchild cancelled" }, log)
      assert.truthy(raised(net.run):find("gone", 1, true))
      net.run()
      assert.equal("detached slept second slept", table.concat(log, " ", 2))
    end)

    it("leaves who catches it to go on", function()
      local task = async.run(function()
        async.pcall(async.sleep, 1e6)
        async.sleep(1)
        return "still here"
      end)
      task:cancel()
      assert.equal("still here", task:await())
      assert.equal("done", task.state)
    end)
  end)

  describe("finally", function()
    it("is done at the end of the task, the last first, whatever the end is, and may wait", function()
      for _, ending in ipairs({ "return", "error", "cancel" }) do
        local log = {}
        local task = async.run(function()
          async.finally(function() log[#log + 1] = "first" end)
          async.finally(function()
            async.sleep(1)
            log[#log + 1] = "second"
          end)
          async.sleep(2)
          if ending == "error" then error("mine", 0) end
          return 7
        end)
        if ending == "cancel" then task:cancel() end
        local ok, value = pcall(task.await, task)
        assert.same({ "second", "first" }, log)
        assert.equal(ending == "return", ok)
        if ending ~= "cancel" then assert.equal(ok and 7 or "mine", value) end
        assert.equal(({ ["return"] = "done", error = "failed", cancel = "cancelled" })[ending], task.state)
      end
    end)

    it("is done behind a function, and hands on what that gives or raises", function()
      local count = 0
      local function cleanup() count = count + 1 end
      assert.equal(3, async.finally(function(a) return a end, cleanup, 3))
      assert.equal("x", raised(async.finally, function() error("x", 0) end, cleanup))
      assert.equal(2, count)
      is_code("ERR_INVALID_STATE", raised(async.finally, cleanup))
    end)
  end)

  describe("waiting where one cannot", function()
    it("raises in a callback of the loop and says what to do", function()
      timers.setTimeout(function() async.sleep(1) end, 1)
      local err = raised(net.run)
      is_code("ERR_INVALID_STATE", err)
      assert.truthy(err.message:find("async.run", 1, true))
      local client, peer = testing.pair()
      client:write("x")
      peer:on("data", function() peer:readLine() end)
      is_code("ERR_INVALID_STATE", raised(net.run))
    end)

    it("raises in a coroutine of somebody else", function()
      local generator = coroutine.wrap(function() return pcall(async.sleep, 1) end)
      local _, err = generator()
      is_code("ERR_INVALID_STATE", err)
      local task = async.run(function()
        return coroutine.wrap(function() return select(2, pcall(async.sleep, 1)) end)()
      end)
      is_code("ERR_INVALID_STATE", task:await())
    end)

    it("raises where a function in C stands between, and leaves the task as it was", function()
      local task = async.run(function()
        local _, err = pcall(string.gsub, "x", "x", function() async.sleep(1) end)
        async.sleep(1)
        return err
      end)
      is_code("ERR_INVALID_STATE", task:await())
    end)

    if not require("uvnet.runtime.task").yields_across_pcall then
      it("names async.pcall where it is pcall that stands between", function()
        local task = async.run(function() return select(2, pcall(async.sleep, 1)) end)
        local err = task:await()
        is_code("ERR_INVALID_STATE", err)
        assert.truthy(err.message:find("async.pcall", 1, true))
      end)

      it("says so of the iterators of a for, and of metamethods", function()
        local _, peer = testing.pair()
        is_code("ERR_INVALID_STATE", error_of(async.run(function()
          peer:lines()
        end)))
        local sleepy = setmetatable({}, { __index = function() async.sleep(1) end })
        is_code("ERR_INVALID_STATE", error_of(async.run(function() return sleepy.x end)))
        assert.is_false(net.run("nowait") and core.open_handles() == 0)
      end)
    end

    it("raises when nothing is left that could end the wait", function()
      local queue = async.queue()
      is_code("ERR_INVALID_STATE", raised(queue.take, queue))
      queue:put(1)
      assert.equal(1, queue:take())
    end)

    it("raises within a net.run that a task has called", function()
      local task = async.run(function()
        local inner
        timers.setTimeout(function() inner = select(2, pcall(async.sleep, 1)) end, 1)
        net.run()
        return inner
      end)
      is_code("ERR_INVALID_STATE", task:await())
    end)

    it("lets somebody else's error out of the wait, and the wait leaves nothing", function()
      local client, peer = testing.pair()
      timers.setTimeout(function() error("elsewhere", 0) end, 1)
      local err = raised(peer.readLine, peer)
      assert.truthy(err:find("elsewhere", 1, true))
      client:write("line\n")
      assert.equal("line", peer:readLine())
    end)
  end)

  describe("pcall", function()
    it("catches what waits within it raise, on every Lua, in each other", function()
      local task = async.run(function()
        return select(2, async.pcall(function(a)
          async.sleep(1)
          local ok, err = async.pcall(function()
            async.sleep(1)
            error("inner", 0)
          end)
          async.sleep(1)
          return a .. tostring(ok) .. err
        end, "x"))
      end)
      assert.equal("xfalseinner", task:await())
    end)
  end)

  describe("timeout", function()
    it("gives back what the function gives, or raises ERR_TIMEOUT in what waits", function()
      assert.equal(3, select("#", async.timeout(1000, function() return 1, 2, nil end)))
      is_code("ERR_TIMEOUT", raised(async.timeout, 5, async.sleep, 1e6))
      local task = async.run(function() async.timeout(5, async.sleep, 1e6) end)
      is_code("ERR_TIMEOUT", error_of(task))
      assert.is_false(net.run())
    end)

    it("goes on raising while its function waits, and not behind it", function()
      local count = 0
      local task = async.run(function()
        async.pcall(async.timeout, 5, function()
          for _ = 1, 3 do
            local ok, err = async.pcall(async.sleep, 1e6)
            if not ok and err.code == "ERR_TIMEOUT" then count = count + 1 end
          end
        end)
        async.sleep(5)
        return "slept"
      end)
      assert.equal("slept", task:await())
      assert.equal(3, count)
    end)

    it("counts the nearest end of several, and then goes on with the others", function()
      local log = {}
      local task = async.run(function()
        async.timeout(60, function()
          local ok, err = async.pcall(async.timeout, 5, async.sleep, 1e6)
          log[#log + 1] = not ok and err.code
          async.sleep(1)
          -- the outer one is nearer
          ok, err = async.pcall(async.timeout, 1e6, async.sleep, 1e6)
          log[#log + 1] = not ok and err.code
          log[#log + 1] = select(2, async.pcall(async.sleep, 1)).code -- and still counts
        end)
      end)
      task:await()
      assert.same({ "ERR_TIMEOUT", "ERR_TIMEOUT", "ERR_TIMEOUT" }, log)
    end)

    it("keeps the loop running no longer than it is there for", function()
      local start = core.now()
      async.run(function() async.timeout(1e6, function() async.sleep(1) end) end)
      net.run()
      assert.is_true(core.now() - start < 1e4)
      local queue = async.queue()
      async.run(function()
        async.timeout(1e6, function() async.sleep(1) end)
        queue:take() -- waits for ever
      end)
      net.run()
      assert.is_true(core.now() - start < 1e4)
    end)

    it("leaves a stream with all its bytes", function()
      local client, peer = testing.pair()
      client:write("begin")
      is_code("ERR_TIMEOUT", raised(async.timeout, 30, function() peer:readLine() end))
      client:write("ning\n")
      assert.equal("beginning", peer:readLine())
    end)
  end)

  describe("what comes straight to a task that waits", function()
    -- Calls fn in a task with a socket that has been waited at, so that the short way is open, and its peer: once with
    -- the side that a server has accepted, once with the one that has connected.
    local function on_both_sides(fn)
      for _, name in ipairs({ "client", "server" }) do
        local socket, peer = testing.pair()
        if name == "server" then
          socket, peer = peer, socket
        end
        local task = async.run(function()
          for _ = 1, 2 do
            peer:write("before")
            assert.equal("before", socket:readSome())
          end
          fn(socket, peer)
        end)
        task:await()
        socket:destroy()
        peer:destroy()
        net.run()
      end
    end

    local function failed(fn, ...) return (select(2, async.pcall(fn, ...))) end

    local function arrives(socket, count)
      while socket.bytesRead < count do
        async.sleep(1)
      end
    end

    it("goes on behind what is put back", function()
      on_both_sides(function(socket, peer)
        socket:unshift("put back")
        peer:write("new")
        arrives(socket, 15)
        assert.equal("put back", socket:readSome())
        assert.equal("new", socket:readSome())
        peer:write("a\nb")
        assert.equal("a", socket:readLine())
        peer:write("c\n")
        assert.equal("bc", socket:readLine())
        peer:write("d\n")
        assert.equal("d", socket:readLine())
      end)
    end)

    it("is kept when nobody waits, in its order", function()
      on_both_sides(function(socket, peer)
        peer:write("one")
        arrives(socket, 15)
        peer:write("two")
        assert.equal("one", socket:readSome())
        assert.equal("two", socket:readSome())
      end)
    end)

    it("is decoded once there is an encoding, and goes to who listens, also to one who overrides", function()
      on_both_sides(function(socket, peer)
        local pushed, heard = {}, {}
        local push = socket.push
        function socket:push(chunk, ...)
          pushed[#pushed + 1] = chunk
          return push(self, chunk, ...)
        end
        peer:write("12")
        assert.equal("12", socket:readSome())
        assert.same({ "12" }, pushed)
        socket:setEncoding("hex")
        peer:write("34")
        assert.equal("3334", socket:readSome())
        socket:on("data", function(data) heard[#heard + 1] = data end)
        peer:write("56")
        arrives(socket, 18)
        async.sleep(1)
        assert.equal("3536", table.concat(heard))
      end)
    end)

    it("ends, or breaks, for who waits", function()
      on_both_sides(function(socket, peer)
        peer:finish("last")
        assert.equal("last", socket:readSome())
        assert.is_nil(socket:readSome())
        assert.is_nil(socket:readLine())
      end)
      on_both_sides(function(socket, peer)
        timers.setTimeout(function() peer:resetAndDestroy() end, 5)
        is_code("ECONNRESET", failed(socket.readSome, socket))
      end)
    end)

    it("can be waited for no longer than a timeout, and is still there then", function()
      on_both_sides(function(socket, peer)
        is_code("ERR_TIMEOUT", failed(async.timeout, 5, socket.readLine, socket))
        peer:write("late\n")
        assert.equal("late", socket:readLine())
        is_code("ERR_FRAME_TOO_LONG", failed(function()
          peer:write("too long\n")
          socket:readLine({ limit = 3 })
        end))
        assert.equal("too long", socket:readLine())
      end)
    end)

    it("is one task's at a time", function()
      on_both_sides(function(socket, peer)
        local other = async.run(function() return socket:readSome() end)
        is_code("ERR_INVALID_STATE", failed(socket.readSome, socket))
        is_code("ERR_INVALID_STATE", failed(socket.readLine, socket))
        peer:write("x")
        assert.equal("x", other:await())
      end)
    end)
  end)

  describe("all and race", function()
    local function after(ms, value)
      return function()
        async.sleep(ms)
        if type(value) == "table" then error(value) end
        return value
      end
    end

    it("wait for all, in their order, or for the first", function()
      assert.same({ n = 3, "a", "b", "c" }, async.all({ after(9, "a"), async.run(after(1, "b")), after(4, "c") }))
      assert.same({ n = 0 }, async.all({}))
      assert.equal("b", async.race({ after(1e6, "a"), after(1, "b") }))
      local same = async.run(after(1, "x"))
      assert.same({ n = 2, "x", "x" }, async.all({ same, same }))
      assert.is_false(net.run()) -- the other has been cancelled
    end)

    it("cancel what is left over, when one fails and when they are cancelled themselves", function()
      local err, slow = { "mine" }, async.run(after(1e6))
      assert.equal(err, raised(async.all, { slow, after(1, err) }))
      assert.equal("cancelled", slow.state)
      slow = async.run(after(1e6))
      assert.equal(err, raised(async.race, { slow, after(1, err) }))
      assert.equal("cancelled", slow.state)
      local tasks = { async.run(after(1e6)), async.run(after(1e6)) }
      local waiting = async.run(function() async.all(tasks) end)
      waiting:cancel()
      assert.equal("cancelled", tasks[1].state)
      assert.equal("cancelled", tasks[2].state)
      assert.is_false(net.run())
    end)

    it("refuse what is no task", function()
      is_code("ERR_INVALID_ARG_TYPE", raised(async.all, 1))
      is_code("ERR_INVALID_ARG_TYPE", raised(async.race, { 1 }))
      is_code("ERR_INVALID_ARG_VALUE", raised(async.race, {}))
      is_code("ERR_INVALID_ARG_TYPE", raised(async.run, 1))
      is_code("ERR_INVALID_ARG_TYPE", raised(async.sleep, "1"))
      is_code("ERR_OUT_OF_RANGE", raised(async.timeout, -1, print))
    end)
  end)

  describe("a queue", function()
    it("hands on values in their order, holds no more than its limit, and ends", function()
      local queue, most, log = async.queue(2), 0, {}
      async.run(function()
        for i = 1, 20 do
          queue:put(i)
          most = math.max(most, queue.length)
        end
        queue:close()
      end)
      local function consume()
        local value = queue:take()
        while value do
          log[#log + 1] = value
          async.sleep(1)
          value = queue:take()
        end
      end
      async.all({ consume, consume, consume })
      assert.equal(20, #log)
      table.sort(log)
      assert.equal(20, log[20])
      assert.is_true(most <= 2)
      is_code("ERR_INVALID_STATE", raised(queue.put, queue, 1))
      assert.is_nil(queue:take())
    end)

    it("loses no value to a task that is cancelled while it is told of it", function()
      local queue, got = async.queue(), nil
      local first = async.run(function() queue:take() end)
      async.run(function() got = queue:take() end)
      queue:put("x")
      first:cancel()
      net.run()
      assert.equal("x", got)
    end)
  end)

  describe("writeAll behind the end", function()
    it("raises, and nothing else comes of it", function()
      local stream = net.stream.PassThrough()
      stream:finish()
      is_code("ERR_STREAM_WRITE_AFTER_END", raised(stream.writeAll, stream, "x"))
      net.run()
      assert.is_true(stream.destroyed)
    end)

    it("is an error event, too, for who listens for one", function()
      local stream, got = net.stream.PassThrough(), nil
      stream:on("error", function(err) got = err end)
      stream:finish()
      local err = raised(stream.writeAll, stream, "x")
      net.run()
      assert.equal(err, got)
    end)
  end)

  describe("a lock", function()
    it("is held by one at a time, in the order of those who came", function()
      local lock, log = async.lock(), {}
      local function work(name)
        return function()
          lock:with(function()
            log[#log + 1] = name
            async.sleep(1)
            log[#log + 1] = name
          end)
        end
      end
      local b
      local a = async.run(work("a"))
      b = async.run(work("b"))
      local c = async.run(work("c"))
      b:cancel()
      async.all({ a, c })
      assert.same({ "a", "a", "c", "c" }, log)
      assert.is_false(lock.locked)
      is_code("ERR_INVALID_STATE", raised(lock.release, lock))
      lock:acquire()
      lock:release()
      assert.is_false(lock.locked)
    end)

    it("is passed on by who is cancelled while he gets it", function()
      local lock, got = async.lock(), false
      is_code("ERR_INVALID_ARG_TYPE", raised(lock.with, lock, "not a function"))
      local held = lock:acquire()
      local first = async.run(function() lock:acquire() end)
      async.run(function()
        lock:acquire():release()
        got = true
      end)
      held:release()
      first:cancel()
      net.run()
      assert.is_true(got)
      assert.is_false(lock.locked)
    end)
  end)

  describe("once, connect, lookup", function()
    it("give what has come, or raise the error", function()
      local emitter = net.events()
      local err = net.errors("bad")
      timers.setTimeout(function() emitter:emit("thing", 1, nil, 3) end, 1)
      assert.equal(3, select("#", async.once(emitter, "thing")))
      timers.setTimeout(function() emitter:emit("error", err) end, 1)
      assert.equal(err, raised(async.once, emitter, "thing"))
      assert.same({}, emitter:eventNames())
      local task = async.run(async.once, emitter, "thing")
      task:cancel()
      assert.same({}, emitter:eventNames())
      assert.equal("127.0.0.1", async.lookup("127.0.0.1"))
      is_code("ERR_INVALID_ARG_TYPE", raised(async.lookup, 1))
      is_code("ECONNREFUSED", raised(async.connect, testing.freePort(), sockets.HOST))
    end)

    it("close the socket of a connect that is cancelled", function()
      local server, port = sockets.serve(function(socket) socket:on("error", function() end) end)
      local task = async.run(async.connect, port, sockets.HOST)
      task:cancel()
      net.run("nowait")
      server:close()
      net.run()
      assert.equal("cancelled", task.state)
    end)
  end)

  describe("accept and connections", function()
    it("give each connection once, those that came early too, and nil when the server is closed", function()
      local server, port = sockets.serve()
      local names = {}
      local accepting = async.run(function()
        local socket = async.accept(server)
        while socket do
          names[#names + 1] = socket:readLine()
          socket:finish()
          socket = async.accept(server)
        end
        return "closed"
      end)
      for i = 1, 5 do
        local client = async.connect(port, sockets.HOST)
        client:writeAll(("client %d\n"):format(i))
        client:finish()
      end
      testing.run(function() return #names == 5 end)
      server:close()
      assert.equal("closed", accepting:await())
      table.sort(names)
      assert.equal("client 1", names[1])
    end)
  end)

  describe("accept", function()
    it("gives what came while nobody listened for connections, in order, before what comes later", function()
      local server, port = sockets.serve()
      local clients = {}
      local function connect()
        local client = async.connect(port, sockets.HOST)
        client:writeAll(#clients + 1 .. "\n")
        clients[#clients + 1] = client
      end
      for _ = 1, 3 do
        connect()
      end
      testing.run(function() return server.connections == 3 end)
      -- Its place among what is open in the loop is free for the next one.
      clients[1]:destroy()
      async.accept(server):destroy()
      connect()
      for i = 2, 4 do
        local socket = async.accept(server)
        assert.equal(tostring(i), socket:readLine())
        socket:destroy()
      end
      for _, client in ipairs(clients) do
        client:destroy()
      end
      server:close()
      assert.is_nil(async.accept(server))
      net.run()
    end)

    it("leaves alone what somebody else has heard of", function()
      local heard
      local server, port = sockets.serve(function(socket) heard = socket end)
      local first = async.connect(port, sockets.HOST)
      testing.run(function() return heard end)
      local accepting = async.run(async.accept, server)
      local second = async.connect(port, sockets.HOST)
      local socket = accepting:await()
      assert.equal(second.localPort, socket.remotePort)
      for socket_of_list in server:eachConnection() do
        socket_of_list:destroy()
      end
      first:destroy()
      second:destroy()
      server:close()
      net.run()
    end)
  end)

  describe("a handler made by wrap", function()
    local function served(handler)
      local server, port = sockets.serve(async.wrap(handler))
      return server, async.connect(port, sockets.HOST)
    end

    it("has its socket finished when it returns", function()
      local server, client = served(function(socket) socket:writeAll(socket:readLine() .. "!") end)
      client:writeAll("hello\nand more that nobody reads")
      assert.equal("hello!", client:readAll())
      client:finish()
      client:finished()
      server:close()
      net.run()
    end)

    it("can answer at leisure a peer that has ended its side", function()
      local server, client = served(function(socket)
        local line = socket:readLine()
        async.sleep(20)
        socket:writeAll(line .. "!")
      end)
      client:finish("hello\n")
      assert.equal("hello!", client:readAll())
      server:close()
      net.run()
    end)

    it("is closed once both sides have ended, whoever was first, without reading the end", function()
      local server, client = served(function(socket) socket:writeAll("bye") end)
      assert.equal("bye", client:readExactly(3))
      async.sleep(10) -- its end is here by now
      client:finish()
      client:finished()
      server:close()
      net.run()
    end)

    it("ends quietly by what the peer or the network does, and its socket is closed", function()
      local ways = {
        cut_off = function(client) client:finish("abc") end,
        reset = function(client) client:resetAndDestroy() end,
        too_long = function(client) client:write(("x"):rep(200)) end,
        late = function() end,
      }
      for name, way in pairs(ways) do
        local seen
        local server, client = served(function(socket)
          seen = socket
          if name == "cut_off" then
            socket:readExactly(10)
          else
            async.timeout(50, function() socket:readLine({ limit = 100 }) end)
          end
          error("not reached")
        end)
        testing.run(function() return seen ~= nil end)
        way(client)
        testing.run(function() return seen.destroyed end)
        client:destroy()
        server:close()
        net.run()
      end
    end)

    it("has a mistake of the program come out of net.run, destroys the socket, and names it", function()
      local server, client = served(function(socket)
        socket:readLine()
        error(net.errors("my mistake"))
      end)
      client:write("x\n")
      local err = raised(net.run)
      assert.equal("my mistake", err.message)
      assert.truthy(net.Socket:isInstance(err.emitter))
      assert.is_true(err.emitter.destroyed)
      client:destroy()
      server:close()
      net.run()
    end)

    it("is not silent about another connection's trouble", function()
      local server, client = served(function() async.connect(testing.freePort(), sockets.HOST) end)
      is_code("ECONNREFUSED", raised(net.run))
      client:destroy()
      server:close()
      net.run()
    end)

    it("takes the tasks along that it has started, but for those that are detached", function()
      local child, grandchild, detached
      local server, client = served(function()
        child = async.run(function()
          grandchild = async.run(async.sleep, 1e6)
          async.sleep(1)
        end)
        detached = async.detach(async.sleep, 30)
        child:await()
      end)
      testing.run(function() return grandchild and grandchild.state ~= "running" end)
      assert.equal("done", child.state)
      assert.equal("cancelled", grandchild.state)
      detached:await()
      assert.equal("done", detached.state)
      client:destroy()
      server:close()
      net.run()
    end)
  end)

  it("keeps nothing of 100,000 tasks that were started, waited for, cancelled", function()
    local function round()
      for i = 1, 11000 do
        local task = async.run(function() async.sleep(1) end)
        if i % 10 == 0 then task:cancel() end
        local queue = async.queue()
        local waiting = async.run(function() return queue:take() end)
        queue:put(1)
        async.run(function() return waiting:await() end)
      end
      net.run()
      collectgarbage()
      collectgarbage()
      return collectgarbage("count")
    end
    round()
    local before = round()
    round()
    assert.is_true(round() < before + 100) -- KiB
  end)

  local load_text = loadstring or load -- luacheck: ignore 113
  if load_text("local x <close> = nil") then
    it("closes what is to be closed on Lua 5.4", function()
      local run = assert(load_text([[
        local async, peer, lock = ...
        local log = {}
        local function note(name) return setmetatable({}, { __close = function() log[#log + 1] = name end }) end
        local task = async.run(function()
          local one <close> = note("one")
          local held <close> = lock:acquire()
          local two <close> = note("two")
          peer:readLine()
        end)
        task:cancel()
        local failing = async.run(function()
          local three <close> = note("three")
          error("x")
        end)
        do local child <close> = async.run(async.sleep, 1e6); task = child end
        log[#log + 1] = task.state
        return log, failing
      ]]))
      local _, peer = testing.pair()
      local lock = async.lock()
      local log, failing = run(async, peer, lock)
      assert.same({ "two", "one", "three", "cancelled" }, log)
      assert.is_false(lock.locked)
      assert.is_false(pcall(failing.await, failing))
    end)
  end
end)
