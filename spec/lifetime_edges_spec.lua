--- The edges: dead coroutines, errors of every type, stacks that are full, deep chains, and what is not ours.

local child = require("spec.support.child")
local core = require("uvnet.core")
local net = require("net")
local running = require("spec.support.turns")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local HOST = sockets.HOST

local function nothing() end

local turns, close_all = running.run, running.close_all

-- A checker's own bookkeeping grows; and under it everything takes its time.
local build = os.getenv("UVNET_BUILD") or ""
local checked = build:find("asan", 1, true) or build:find("valgrind", 1, true)
local SCALE = checked and 10 or 1

describe("a coroutine", function()
  testing.leakCheck(before_each, after_each)

  it("that made servers and sockets may be dead and collected when their events come", function()
    local seen, port = {}, nil
    local threads = setmetatable({}, { __mode = "k" })
    local function start(body)
      local thread = coroutine.create(body)
      threads[thread] = true
      assert(coroutine.resume(thread))
    end
    start(function()
      local server
      server = net.createServer(function(socket)
        server:close()
        socket:on("data", function(data)
          seen[#seen + 1] = data
          socket:finish("answer", function() seen[#seen + 1] = "written" end)
        end)
      end):listen(0)
      port = server:address().port
    end)
    start(function()
      local client = net.connect(port, HOST, function() seen[#seen + 1] = "connected" end)
      client:on("data", function(data) seen[#seen + 1] = data end)
      client:write("question")
      net.dns.lookup("127.0.0.1", function() seen[#seen + 1] = "looked up" end)
      timers.setTimeout(function() seen[#seen + 1] = "timeout" end, 1)
    end)
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(threads))
    testing.run()
    table.sort(seen)
    assert.same({ "answer", "connected", "looked up", "question", "timeout", "written" }, seen)
  end)

  it("may run the loop and die of what a callback raises; the loop goes on in another", function()
    local fired = 0
    local interval = timers.setInterval(function()
      fired = fired + 1
      error({ fired }, 0)
    end, 1)
    for i = 1, 3 do
      local thread = coroutine.create(net.run)
      local ok, err = coroutine.resume(thread)
      assert.is_false(ok)
      assert.same({ i }, err)
      thread = nil -- luacheck: ignore
      collectgarbage()
    end
    interval:close()
    testing.run()
  end)

  it("may be resumed, yield and be abandoned by callbacks of a loop that runs in another", function()
    local order = {}
    local waiting = coroutine.create(function()
      for i = 1, 3 do
        order[#order + 1] = coroutine.yield(i)
      end
    end)
    coroutine.resume(waiting)
    coroutine.wrap(function()
      timers.setImmediate(function()
        coroutine.resume(waiting, "one")
        timers.nextTick(coroutine.resume, waiting, "two")
      end)
      net.run()
    end)()
    waiting = nil -- luacheck: ignore
    collectgarbage()
    assert.same({ "one", "two" }, order)
  end)
end)

describe("an error", function()
  testing.leakCheck(before_each, after_each)

  -- Ways to raise, and what run is to raise then.
  local function overflow() return 1 + overflow() end
  local unprintable = setmetatable({}, { __tostring = function() error("no text") end })
  local kinds = {
    -- Lua 5.5 makes a string of it.
    ["that is nil"] = { function() error(nil, 0) end, type(select(2, pcall(error))) },
    ["that is false"] = { function() error(false, 0) end, "boolean" },
    ["that is a number"] = { function() error(42, 0) end, "number" },
    ["that is a table which cannot be printed"] = { function() error(unprintable, 0) end, "table" },
    ["of a full stack"] = { overflow, "string" },
    ["that is a coroutine's"] = {
      function() coroutine.wrap(function() error("inside") end)() end, "string",
    },
  }
  local where = {
    tick = function(raise) timers.nextTick(raise) end,
    immediate = function(raise) timers.setImmediate(raise) end,
    timeout = function(raise) timers.setTimeout(raise, 1) end,
    ["close listener"] = function(raise) net.Socket():on("close", raise):destroy() end,
    ["error listener"] = function(raise) net.connect("/nowhere"):on("error", raise) end,
  }
  for kind, one in pairs(kinds) do
    for place, begin in pairs(where) do
      it(kind .. ", in a " .. place .. ", comes out of run once, and nothing else is lost", function()
        local others = 0
        local function count() others = others + 1 end
        begin(one[1])
        timers.nextTick(count)
        timers.setImmediate(count)
        timers.setTimeout(count, 2)
        local ok, err = pcall(net.run)
        assert.is_false(ok)
        assert.equal(one[2], type(err))
        testing.run()
        assert.equal(3, others)
      end)
    end
  end

  it("is raised once each, and quickly, if there are 20,000 of one turn", function()
    local count, started, many = 0, os.clock(), 20000 / SCALE
    for i = 1, many do
      timers.setImmediate(error, { i })
    end
    repeat
      local ok, err = pcall(net.run)
      if not ok then
        count = count + 1
        assert.equal(count, err[1])
      end
    until ok
    assert.equal(many, count)
    assert.is_true(os.clock() - started < 5)
  end)
end)

describe("a stack that is nearly full where run is called", function()
  testing.leakCheck(before_each, after_each)

  local begin = {
    ticks = timers.nextTick,
    immediates = timers.setImmediate,
    timeouts = function(callback) timers.setTimeout(callback, 1) end,
  }

  -- Calls a function below so many calls of C, or of Lua.
  local function below_c(depth, fn)
    if depth == 0 then return fn() end
    local raised
    -- Not pcall: on LuaJIT that takes no C stack. A sort needs its comparator's answer.
    string.gsub("x", "x", function()
      local ok, err = pcall(below_c, depth - 1, fn)
      if not ok then raised = { err } end
    end)
    if raised then error(raised[1], 0) end
  end
  local function below_lua(depth, fn)
    if depth == 0 then return (fn()) end
    return (below_lua(depth - 1, fn))
  end

  local function limit_of(below, highest)
    local low, high = 1, highest
    while high - low > 1 do
      local middle = math.floor((low + high) / 2)
      if pcall(below, middle, nothing) then
        low = middle
      else
        high = middle
      end
    end
    return low
  end

  for name, queue in pairs(begin) do
    for kind, below in pairs({ C = below_c, Lua = below_lua }) do
      it("of " .. kind .. " does not have the loop spin, and " .. name .. " are run once there is room", function()
        local limit = limit_of(below, kind == "C" and 400 or 60000)
        for depth = math.max(1, limit - (kind == "C" and 12 or 30)), limit do
          local called, ended = 0, false
          queue(function() called = called + 1 end)
          pcall(below, depth, net.run)
          for _ = 1, 60 do
            ended = pcall(net.run)
            if ended then break end
          end
          assert.is_true(ended)
          assert.is_true(called <= 1)
          assert.is_false(net.run())
          local later = 0
          timers.setTimeout(function() later = later + 1 end, 1)
          assert.is_false(net.run())
          assert.equal(1, later)
        end
      end)
    end
  end
end)

describe("depth", function()
  testing.leakCheck(before_each, after_each)

  it("does not come of a write callback that writes again, 100,000 times", function()
    local client, accepted = testing.pair()
    local count, limit = 0, math.ceil(100000 / SCALE)
    local function again(err)
      assert(not err)
      count = count + 1
      if count < limit then return client:write("x", again) end
      client:finish()
    end
    local got = 0
    accepted:on("data", function(data) got = got + #data end)
    client:write("x", again)
    testing.wait(client, "close", 60000)
    assert.equal(limit, count)
    assert.equal(limit, got)
  end)

  it("does not come of ticks, immediates and closings that follow from each other", function()
    local ticks, immediates, closings = 0, 0, 0
    local many, some = 100000 / SCALE, 10000 / SCALE
    local function tick()
      ticks = ticks + 1
      if ticks < many then timers.nextTick(tick) end
    end
    local function immediate()
      immediates = immediates + 1
      if immediates < some then timers.setImmediate(immediate) end
    end
    local function close()
      closings = closings + 1
      if closings < some then net.Socket():on("close", close):destroy() end
    end
    tick()
    immediate()
    close()
    testing.run(nil, 60000)
    assert.same({ many, some, some }, { ticks, immediates, closings })
  end)

  it("of emits within emits is the stack's own: an error says so, and the emitter works on", function()
    local emitter, deepest = net.events(), 0
    emitter:on("down", function(depth, limit)
      deepest = depth
      if depth < limit then emitter:emit("down", depth + 1, limit) end
    end)
    emitter:emit("down", 1, 2000)
    assert.equal(2000, deepest)
    -- In a coroutine, for LuaJIT's stack does not recover.
    local ok, err = coroutine.resume(coroutine.create(function() emitter:emit("down", 1, math.huge) end))
    assert.is_false(ok)
    assert.truthy(tostring(err):find("overflow", 1, true) or tostring(err):find("error in error", 1, true))
    emitter:emit("down", 1, 3)
    assert.equal(3, deepest)
  end)

  it("does not come of a listener that destroys and connects again", function()
    local server, port = sockets.serve(function(socket)
      socket:on("error", nothing)
      socket:write("x")
    end)
    local client, count = net.Socket(), 0
    local limit = math.ceil(300 / SCALE)
    client:on("error", nothing)
    client:on("data", function()
      count = count + 1
      client:destroy()
      if count < limit then client:connect(port, HOST) end
    end)
    client:connect(port, HOST)
    testing.run(function() return count == limit end, 20000)
    server:close()
    close_all()
  end)
end)

describe("what is not ours", function()
  after_each(child.cleanup)

  testing.leakCheck(before_each, after_each)

  it("is refused by each method of a handle, whatever it is", function()
    local foreign = { io.stdout, {}, 1, "x", true, function() end, coroutine.create(nothing) }
    local common = {
      "close", "attach", "ref", "unref", "hasRef", "type", "write", "shutdown", "directWrite", "pending", "bytes",
      "setIdle", "touch", "setDeadline", "idle", "giveIdle", "readStart", "readStop", "directRead", "isDirectRead",
      "pipeTo", "listen", "isTcp", "open",
    }
    local own = {
      tcp = { "bind", "connect", "sockname", "peername", "nodelay", "keepalive", "linger" },
      pipe = { "bindPath", "connectPath", "chmod" },
    }
    local arguments = { attach = { {} }, write = { "x" }, bind = { HOST, 0 }, connect = { HOST, 1 }, listen = { 1 } }
    arguments.bindPath, arguments.connectPath, arguments.open = { "x" }, { "x" }, { 99 }
    for kind, names in pairs(own) do
      local handle = assert(core[kind]())
      assert.equal(kind, handle:type())
      for _, name in ipairs(common) do
        names[#names + 1] = name
      end
      for _, name in ipairs(names) do
        local method = handle[name]
        assert.equal("function", type(method), name)
        assert.is_false(pcall(method), name)
        for _, value in ipairs(foreign) do
          assert.is_false(pcall(method, value, "x", 1), name)
        end
      end
      assert.is_false(pcall(handle.pipeTo, handle, io.stdout))
      assert.is_nil(next(getmetatable(handle)))
      handle:close()
      -- Closed, each may be called, and does nothing.
      for _, name in ipairs(names) do
        local given = arguments[name] or {}
        local ok, err = pcall(handle[name], handle, given[1], given[2])
        assert.is_true(ok, name .. ": " .. tostring(err))
      end
    end
  end)

  it("a handle of another type refuses what it cannot do, and stays whole", function()
    local tcp, pipe = assert(core.tcp()), assert(core.pipe())
    for _, call in ipairs({
      function() return tcp.bind(pipe, HOST, 0) end,
      function() return tcp.linger(pipe) end,
      function() return pipe.bindPath(tcp, "/tmp/x") end,
      function() return tcp:shutdown() end,
      function() return pipe:write("x") end,
    }) do
      local ok, code = call()
      assert.is_falsy(ok)
      assert.equal("string", type(code))
    end
    assert.is_false(pcall(tcp.readStart, tcp))
    assert.is_false(pcall(tcp.connect, tcp, HOST, 1))
    tcp:close()
    pipe:close()
    turns()
  end)

  it("a descriptor that is closed, a file, a directory or epoll's is refused, and stays open", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write([[
      local net = require("net")
      for _, fd in ipairs({ 3, 4, 5, 6, 99, 2147483647 }) do
        local ok, err = pcall(net.Socket, { fd = fd })
        assert(not ok and err.code == "ERR_INVALID_FD_TYPE", fd)
        net.createServer():on("error", function(err) io.write(err.code, " ") end):listen({ fd = fd })
      end
      for _, fd in ipairs({ -1, 0.5, 1e300, 0 / 0, "1" }) do assert(not pcall(net.Socket, { fd = fd })) end
      net.run()
      for fd = 3, 5 do assert(io.open("/proc/self/fd/" .. fd)) end
      print(net.run(), require("uvnet.core").open_handles())
      net.setImmediate = net.timers.setImmediate(function() print("the loop runs") end)
      net.run()
    ]])
    file:close()
    -- The first descriptor that is free is what the loop polls with.
    local command = "sh -c " .. child.quote("exec " .. child.lua(path) .. " 3</dev/null 4</ 5<" .. path)
    local output, status, errors = child.run(command)
    os.remove(path)
    assert.equal("", errors)
    assert.equal(("EINVAL "):rep(6) .. "false\t0\nthe loop runs\n", output)
    assert.equal(0, status)
  end)
end)

describe("connecting again while a connection is on its way", function()
  testing.leakCheck(before_each, after_each)

  it("is refused, and does not keep the loop for ever, to a path as to a port", function()
    local path = testing.tmpPath()
    local by_path = net.createServer():listen(path)
    local by_port, port = sockets.serve(function(socket) socket:on("error", nothing):resume() end)
    for _, where in ipairs({ { path = path }, { port = port, host = HOST } }) do
      local socket, codes, closed = net.Socket(), {}, 0
      socket:on("error", function(err) codes[#codes + 1] = err.code end)
      socket:on("close", function() closed = closed + 1 end)
      socket:connect(where)
      socket:connect(where)
      testing.wait(socket, "close")
      assert.same({ where.path and "EISCONN" or "EALREADY" }, codes)
      assert.equal(1, closed)
    end
    by_path:close()
    by_port:close()
    -- With a request that libuv has lost, this would not end.
    testing.run()
  end)
end)
