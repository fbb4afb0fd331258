--- What lives and what dies: sockets, servers, timers and what hangs on them against the collector; memory that stays
-- flat over what comes and goes.

local core = require("uvnet.core")
local net = require("net")
local running = require("spec.support.turns")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local HOST = sockets.HOST

local function nothing() end

local turns, close_all = running.run, running.close_all

local function collect_all()
  -- Compiled code may hold what it has taken for a constant.
  local jit = rawget(_G, "jit")
  if jit then jit.flush() end
  for _ = 1, 4 do
    turns(2)
    collectgarbage()
  end
end

-- Of what `make` returns, how much is left after a full collection. What it makes must not be held by locals of ours.
local function survivors(make)
  local kept = setmetatable({}, { __mode = "k" })
  -- A frame of its own: on LuaJIT a slot of this one might still hold the last value.
  local function hold(...)
    for i = 1, select("#", ...) do
      kept[select(i, ...)] = true
    end
  end
  coroutine.wrap(function() hold(make()) end)()
  collect_all()
  local count = 0
  for _ in pairs(kept) do
    count = count + 1
  end
  return count
end

local function rss_kb()
  local file = io.open("/proc/self/status")
  if not file then return 0 end
  local text = file:read("*a")
  file:close()
  return tonumber(text:match("VmRSS:%s*(%d+)")) or 0
end

-- A checker's own bookkeeping grows; and under it everything takes its time.
local build = os.getenv("UVNET_BUILD") or ""
local checked = build:find("asan", 1, true) or build:find("valgrind", 1, true) or os.getenv("UVNET_GC_STRESS")
local SCALE = checked and 10 or 1

-- Repeats a cycle, and asks that memory after many is as it was after a few.
local function assert_flat(count, cycle, limit_kb)
  count = math.ceil(count / SCALE)
  for _ = 1, count do -- tables that hold things weakly have grown by then
    cycle()
  end
  collect_all()
  local lua_kb, process_kb = collectgarbage("count"), rss_kb()
  for _ = 1, count do
    cycle()
  end
  collect_all()
  local lua_grown, process_grown = collectgarbage("count") - lua_kb, rss_kb() - process_kb
  assert.is_true(lua_grown < (limit_kb or 100), ("Lua's memory has grown by %.0f KiB"):format(lua_grown))
  if not checked then
    assert.is_true(process_grown < 8000, ("the process has grown by %d KiB"):format(process_grown))
  end
  assert.equal(0, core.open_handles())
end

describe("the collector", function()
  testing.leakCheck(before_each, after_each)

  describe("takes", function()
    it("a socket that was never connected, and its listeners", function()
      assert.equal(0, survivors(function()
        local socket = net.Socket()
        local function listener() return socket end
        socket:on("data", listener):on("close", listener):once("connect", listener)
        socket:setEncoding("utf8")
        socket.data = { socket }
        return socket, listener, socket.data
      end))
    end)

    it("a socket that was destroyed before it was connected", function()
      assert.equal(0, survivors(function()
        local socket = net.Socket()
        socket:destroy()
        return socket
      end))
    end)

    it("a server that never listened, and its listeners", function()
      assert.equal(0, survivors(function()
        local server
        server = net.createServer(function() return server end)
        server:on("close", function() return server end):unref()
        return server
      end))
    end)

    it("a server that was closed", function()
      assert.equal(0, survivors(function()
        local server
        local function listener() return server end
        server = net.createServer(listener):on("listening", listener)
        server:listen(0, HOST, listener)
        testing.wait(server, "listening")
        server:close(listener)
        testing.wait(server, "close")
        return server, listener
      end))
    end)

    for name, options in pairs({ TCP = {}, ["a unix socket"] = { ipc = true } }) do
      it("both ends of a connection that is over, over " .. name, function()
        assert.equal(0, survivors(function()
          local client, accepted = testing.pair(options)
          local function listener() return client, accepted end
          client:on("data", listener):on("close", listener)
          accepted:on("data", listener):setTimeout(60000, listener)
          client:write("hello", listener)
          client:finish("bye", listener)
          testing.wait(client, "close")
          if not accepted.closed then testing.wait(accepted, "close") end
          return client, accepted, listener, accepted.server
        end))
      end)
    end

    it("both ends of a connection that was destroyed with everything under way", function()
      assert.equal(0, survivors(function()
        local client, accepted = testing.pair()
        local function listener() return client, accepted end
        client:write(("x"):rep(8 * 1024 * 1024), listener)
        client:cork()
        client:write("y", listener)
        client:finish(listener)
        accepted:pipe(net.stream.PassThrough())
        net.stream.finished(client, listener)
        client:setTimeout(1000, listener)
        timers.setImmediate(nothing)
        client:destroy()
        accepted:destroy()
        testing.wait(client, "close")
        turns()
        return client, accepted, listener
      end))
    end)

    it("a socket that was refused", function()
      local port = testing.freePort()
      assert.equal(0, survivors(function()
        local socket = net.connect(port, HOST)
        socket:on("error", function() return socket end)
        socket:write("never", function() return socket end)
        testing.wait(socket, "close")
        return socket
      end))
    end)

    it("a socket that was destroyed while its host is looked up, once the answer has come", function()
      assert.equal(0, survivors(function()
        local answer
        local socket = net.connect({ port = 1, host = "x", lookup = function(_, _, callback) answer = callback end })
        socket:destroy()
        testing.wait(socket, "close")
        answer(nil, HOST, 4)
        return socket, answer
      end))
    end)

    it("a timeout that has fired or was cleared, an interval and an immediate that were cleared, run or not", function()
      assert.equal(0, survivors(function()
        local function callback() return 1 end
        local one, two = timers.setTimeout(callback, 1), timers.setTimeout(callback, 1000, {})
        local three, four = timers.setInterval(callback, 1), timers.setImmediate(callback)
        net.run("once")
        two:close()
        three:close()
        timers.clearImmediate(four)
        local five = timers.setImmediate(callback)
        timers.clearImmediate(five)
        testing.run()
        return one, two, three, four, five, callback
      end))
    end)

    it("a tick's function and arguments once it has run, or raised", function()
      assert.equal(0, survivors(function()
        local argument = {}
        local function callback(it) assert(it == argument) end
        local function raise(it) error(it, 0) end
        timers.nextTick(callback, argument)
        timers.nextTick(raise, argument)
        assert.is_false((pcall(net.run)))
        testing.run()
        return callback, raise, argument
      end))
    end)

    it("what a callback has raised, once run has raised it", function()
      assert.equal(0, survivors(function()
        local one, two = {}, {}
        timers.nextTick(error, one)
        timers.nextTick(error, two)
        assert.equal(one, sockets.raised(net.run))
        assert.equal(two, sockets.raised(net.run))
        return one, two
      end))
    end)
  end)

  describe("leaves", function()
    it("a connection that nobody holds, which works until it is closed", function()
      local seen = {}
      local server, port = sockets.serve(function(socket)
        socket:on("data", function(data) socket:write(data) end)
      end)
      local kept = setmetatable({}, { __mode = "v" });
      (function()
        local client = net.connect(port, HOST)
        kept[1] = client
        client:on("data", function(data)
          seen[#seen + 1] = data
          if #seen == 3 then return client:finish() end
          collectgarbage()
          client:write("again")
        end)
        client:write("first")
      end)()
      testing.run(function() return #seen == 3 end, 20000)
      server:close()
      server = nil -- luacheck: ignore
      testing.run()
      collect_all()
      assert.same({ "first", "again", "again" }, seen)
      assert.is_nil(kept[1])
    end)

    it("a server that nobody holds, which goes on serving", function()
      local port, kept = nil, setmetatable({}, { __mode = "v" })
      local function serve()
        local server = net.createServer(function(socket)
          socket.server:close()
          socket:finish("served")
        end)
        kept[1] = server:listen(0)
        port = server:address().port
      end
      serve()
      collect_all()
      local client = net.connect(port, HOST)
      local chunks = sockets.collect(client)
      testing.wait(client, "close")
      assert.same({ "served" }, chunks)
      testing.run()
      collect_all()
      assert.is_nil(kept[1])
    end)

    it("a paused connection, unread, that nobody holds", function()
      local server, port = sockets.serve({ pauseOnConnect = true }, function(socket) socket = nil end) -- luacheck: ignore
      local client = net.connect(port, HOST)
      client:write("unread")
      testing.wait(server, "connection")
      collect_all()
      assert.equal(3, core.open_handles())
      assert.is_false(client.destroyed)
      server:close()
      client:destroy()
      close_all()
    end)

    it("the callback of a write that is queued, and the data", function()
      local client, accepted = testing.pair()
      local called, got = 0, 0
      client:write(("x"):rep(4 * 1024 * 1024), function() called = called + 1 end)
      client:write(("y"):rep(1024 * 1024), function() called = called + 1 end)
      client:finish()
      collect_all()
      accepted:on("data", function(data)
        got = got + #data
        collectgarbage("step")
      end)
      testing.wait(client, "close", 20000)
      assert.equal(2, called)
      assert.equal(5 * 1024 * 1024, got)
    end)
  end)
end)

describe("memory stays flat over", function()
  -- Not leakCheck: it remembers where each socket was made.
  after_each(testing.check)

  it("10,000 sockets that are made and destroyed", function()
    assert_flat(10000, function()
      net.Socket():on("close", nothing):destroy()
      net.run("nowait")
    end)
  end)

  it("sockets that are made and forgotten, and servers", function()
    assert_flat(5000, function()
      net.Socket({ highWaterMark = 10 }):on("data", nothing)
      net.createServer(nothing):on("error", nothing)
    end)
  end)

  for name, ipc in pairs({ TCP = false, ["a unix socket"] = true }) do
    it("connections that come and go over " .. name, function()
      local server = net.createServer(function(socket)
        socket:on("error", nothing)
        socket:on("data", function(data) socket:finish(data, nothing) end)
      end)
      local where = ipc and { path = testing.tmpPath() } or { port = 0, host = HOST }
      server:listen(where):unref()
      testing.wait(server, "listening")
      if not ipc then where.port = server:address().port end
      local done = 0
      local function cycle()
        local client = net.connect(where)
        client:setTimeout(5000, nothing)
        client:write("x", nothing)
        client:resume():on("close", function() done = done + 1 end)
        testing.wait(client, "close")
      end
      local count = math.ceil(1000 / SCALE)
      for _ = 1, count do
        cycle()
      end
      turns()
      collect_all()
      local before = collectgarbage("count")
      for _ = 1, count do
        cycle()
      end
      turns()
      collect_all()
      assert.is_true(collectgarbage("count") - before < 100)
      assert.equal(2 * count, done)
      assert.equal(1, core.open_handles())
      server:close()
    end)
  end

  it("connections that are refused", function()
    local port = testing.freePort()
    assert_flat(1000, function()
      local socket = net.connect(port, HOST):on("error", nothing)
      socket:write("x", nothing)
      testing.wait(socket, "close")
    end)
  end)

  it("lookups that fail", function()
    assert_flat(300, function()
      local socket = net.connect({ port = 1, host = "no such host", family = 4 }):on("error", nothing)
      testing.wait(socket, "close")
    end)
  end)

  it("`net.connect` of which a lookup or a listener raises", function()
    assert_flat(1000, function()
      sockets.raised(net.connect, { port = 1, host = "x", lookup = function() error("boom") end })
      sockets.raised(net.connect, { port = 1, localPort = {} })
      sockets.raised(net.connect, { port = 65536, host = "x" })
      turns(2)
    end)
  end)

  it("servers that listen and close, or are refused", function()
    local taken, port = sockets.serve(nothing)
    taken:unref()
    local path = testing.tmpPath()
    local before
    for round = 1, 2 do
      for _ = 1, math.ceil(500 / SCALE) do
        local server = net.createServer():listen(0, HOST):on("error", nothing)
        testing.wait(server, "listening")
        server:close()
        net.createServer():listen(port, HOST):on("error", nothing)
        net.createServer():listen(path):close()
        net.createServer():listen("/nowhere/at/all"):on("error", nothing)
        turns(3)
      end
      collect_all()
      if round == 1 then before = collectgarbage("count") end
    end
    assert.is_true(collectgarbage("count") - before < 100)
    assert.equal(1, core.open_handles())
    taken:close()
  end)

  it("listeners that come and go, writes with callbacks, pauses, pipes", function()
    local client, accepted = testing.pair()
    local sink = net.stream.Writable({ write = function(_, _, _, callback) callback() end })
    local function cycle()
      client:once("data", nothing):removeListener("data", nothing)
      client:on("timeout", nothing):off("timeout", nothing)
      client:once("close", nothing):removeAllListeners("close")
      client:setTimeout(1000, nothing):setTimeout(0, nothing)
      accepted:pipe(sink)
      client:write("x", nothing)
      client:cork()
      client:write("y", nothing)
      client:uncork()
      turns(1)
      accepted:unpipe(sink)
      accepted:pause():resume()
      turns(1)
    end
    local count = math.ceil(2000 / SCALE)
    for _ = 1, count do
      cycle()
    end
    collect_all()
    local before = collectgarbage("count")
    for _ = 1, count do
      cycle()
    end
    collect_all()
    assert.is_true(collectgarbage("count") - before < 100)
    assert.equal(0, sink:listenerCount("drain") + client:listenerCount("timeout"))
    client:destroy()
    accepted:destroy()
  end)

  it("pipelines that end well, or with an error", function()
    assert_flat(1000, function()
      local from, to = net.stream.PassThrough(), net.stream.PassThrough()
      net.stream.pipeline(from, to, nothing)
      net.stream.finished(from, nothing)
      to:resume()
      from:finish("x")
      local broken, other = net.stream.PassThrough(), net.stream.PassThrough()
      net.stream.pipeline(broken, other, nothing)
      broken:destroy(net.errors("boom"))
      turns(3)
    end)
  end)

  it("timers of every kind, while the loop does not run as well", function()
    assert_flat(5000, function()
      timers.clearTimeout(timers.setTimeout(nothing, 1000))
      timers.setInterval(nothing, 5):unref():close()
      timers.clearImmediate(timers.setImmediate(nothing))
      timers.setImmediate(nothing)
      timers.nextTick(nothing, 1, 2, 3)
      net.run()
    end)
    collectgarbage()
    local before = collectgarbage("count")
    for _ = 1, 20000 do
      timers.clearImmediate(timers.setImmediate(function() return before end))
      timers.clearTimeout(timers.setTimeout(function() return before end, 1000))
    end
    collectgarbage()
    assert.is_true(collectgarbage("count") - before < 100)
  end)
end)
