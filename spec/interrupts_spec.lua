-- Hooks that raise: a host's watchdog, the interpreter's Ctrl-C. What they raise comes out of the call or the run that
-- it broke off, and nothing else is lost.

local core = require("uvnet.core")
local net = require("net")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local jit = rawget(_G, "jit")

local function nothing() end

describe("an error that repeats in our own lines", function()
  after_each(function() net.run("nowait") end)

  -- What the loop calls for a queue, with the means to have it fail.
  local function broken(name, queue)
    local calls = 0
    core.hook(name, function()
      calls = calls + 1
      error("broken", 0)
    end)
    return function()
      core.hook(name, queue)
      return calls
    end
  end

  it("comes out of run, is tried again a few times only, and loses nothing", function()
    local called = 0
    for _, name in ipairs({ "ticks", "immediates", "timers" }) do
      timers.setTimeout(function() called = called + 1 end, 1)
      timers.setImmediate(function() called = called + 1 end)
      timers.nextTick(function() called = called + 1 end)
      local before = called
      local restore = broken(name, core.hook(name))
      local errors = 0
      for _ = 1, 5 do
        if not pcall(net.run, "once") then errors = errors + 1 end
      end
      local calls = restore()
      assert.is_true(errors > 0, name)
      assert.is_true(calls <= 10, name .. " was called " .. calls .. " times")
      for _ = 1, 20 do
        if pcall(net.run) then break end
      end
      assert.equal(before + 3, called, name)
    end
  end)

  it("is no reason to keep other errors back: of many callbacks that raise, each does", function()
    local seen = {}
    for i = 1, 2500 do
      timers.setImmediate(function() error({ i }, 0) end)
    end
    for _ = 1, 3000 do
      local ok, err = pcall(net.run)
      if ok then break end
      seen[#seen + 1] = err[1]
    end
    assert.equal(2500, #seen)
    for i = 1, 2500 do
      assert.equal(i, seen[i])
    end
  end)

  it("ends for a tick that raises and queues itself", function()
    local count, stop = 0, false
    local function again()
      count = count + 1
      if not stop then timers.nextTick(again) end
      error("again", 0)
    end
    timers.nextTick(again)
    assert.is_false(pcall(net.run, "nowait"))
    stop = true
    assert.is_true(count < 10000)
    for _ = 1, count + 10 do
      if pcall(net.run) then break end
    end
  end)
end)

describe("a hook that raises", function()
  testing.leakCheck(before_each, after_each)

  -- Compiled code calls no hooks.
  if jit then
    setup(function() jit.off() end)
    teardown(function() jit.on() end)
  end

  -- Sockets that were left half-way and are garbage are closed, too.
  local function close_down(server)
    server:close()
    collectgarbage()
    collectgarbage()
    net.run()
  end

  -- Calls a function, and has a hook raise at the nth instruction of it. False: it had fewer.
  local function cut_short(n, fn)
    local raises = false
    local ok, err = pcall(function()
      debug.sethook(function()
        debug.sethook()
        raises = true
        error("cut", 0)
      end, "", n)
      fn()
      debug.sethook()
    end)
    if not ok and err ~= "cut" then error(err, 0) end
    return raises
  end

  local operations = {
    setTimeout = function() return timers.setTimeout(nothing, 1) end,
    ["setTimeout, of another time"] = function() return timers.setTimeout(nothing, 2) end,
    close = function(all)
      all[2]:close()
      all[1]:close()
    end,
    refresh = function(all)
      all[2]:refresh()
      all[1]:refresh()
    end,
    ["ref and unref"] = function(all)
      all[2]:unref()
      all[2]:ref()
    end,
    setImmediate = function() timers.setImmediate(nothing) end,
    clearImmediate = function(all) timers.clearImmediate(all.immediate) end,
    nextTick = function() timers.nextTick(nothing, 1, 2) end,
  }

  for name, operation in pairs(operations) do
    it("at any instruction of " .. name .. " leaves the others as they were", function()
      local n = 0
      repeat
        n = n + 1
        local called, late = {}, false
        local function add(i, ms)
          return timers.setTimeout(function() called[i] = (called[i] or 0) + 1 end, ms or 1)
        end
        local all = { add(1), add(2), add(3) }
        add(4, 3)
        all.immediate = timers.setImmediate(nothing)
        timers.setImmediate(function() called.immediate = true end)
        timers.nextTick(function() called.tick = true end)
        local raised = cut_short(n, function() operation(all) end)
        local watch = timers.setTimeout(function() late = true end, 1000):unref()
        assert.is_false(net.run())
        assert.is_false(late, "something kept the loop running, at " .. n)
        watch:close()
        if name ~= "close" then
          assert.equal(1, called[1], n)
          assert.equal(1, called[2], n)
        end
        assert.equal(1, called[3], n)
        assert.equal(1, called[4], n)
        assert.is_true(called.immediate, n)
        assert.is_true(called.tick, n)
      until not raised
      assert.is_true(n > 5)
    end)
  end

  it("at any instruction of listen leaves a server that listens, or one that can still be told to", function()
    local n = 0
    repeat
      n = n + 1
      local server = net.createServer(function(socket) socket:destroy() end):on("error", nothing)
      local raised = cut_short(n, function() server:listen(0) end)
      if server.listening then
        local connected
        local client = net.connect(server:address().port, "127.0.0.1"):on("error", nothing)
        client:on("connect", function() connected = true end)
        client:on("close", function() server:close() end)
        net.run()
        assert.is_true(connected, "it says that it listens, and does not: cut short at " .. n)
      else
        server:listen(0)
        assert.is_true(server.listening, n)
        server:close()
        net.run()
      end
    until not raised
    assert.is_true(n > 50)
    -- A handle that was made, and that nobody was given, is the collector's.
    collectgarbage()
    collectgarbage()
    net.run()
  end)

  describe("at any instruction of connect", function()
    local function serve(where)
      return net.createServer(function(socket) socket:destroy() end):on("error", nothing):listen(where)
    end

    local function where_of(server)
      local address = server:address()
      return type(address) == "table" and { port = address.port, host = "127.0.0.1" } or { path = address }
    end

    -- Ways to have a socket connect; each makes it, and gives back what begins.
    local ways = {
      ["to an address"] = function(to)
        local socket = net.Socket()
        return socket, function() socket:connect(to) end
      end,
      ["to a name"] = function(to)
        local socket = net.Socket()
        return socket, function() socket:connect({ port = to.port, host = "localhost" }) end
      end,
      ["by another lookup"] = function(to)
        local socket = net.Socket()
        return socket, function()
          socket:connect({ port = to.port, host = "x.example", lookup = function(_, _, callback)
            callback(nil, "127.0.0.1", 4)
          end })
        end
      end,
      ["of a socket with an idle time"] = function(to)
        local socket = net.Socket():setTimeout(50000)
        return socket, function() socket:connect({ port = to.port, host = "127.0.0.1" }) end
      end,
      ["of a socket that was destroyed"] = function(to)
        local socket = net.Socket():destroy()
        net.run("nowait")
        return socket, function() socket:connect(to) end
      end,
    }

    for name, way in pairs(ways) do
      it(name .. " leaves a socket that connects, or one that can still be told to", function()
        local server = serve(0)
        local to = where_of(server)
        local n = 0
        repeat
          n = n + 1
          local socket, begin = way(to)
          local connected, closed = 0, 0
          local function on_connect() connected = connected + 1 end
          socket:on("error", nothing):on("connect", on_connect):on("close", function() closed = closed + 1 end)
          local timeout = socket.timeout
          local raised = cut_short(n, begin)
          if not socket.connecting then
            assert.is_nil(socket._handle, n)
            server:unref()
            assert.is_false(net.run(), "something is left of it, at " .. n)
            server:ref()
            assert.equal(timeout, socket.timeout, n)
            begin()
          end
          assert.is_true(socket.connecting, n)
          socket:on("close", function() net.stop() end):resume()
          net.run()
          assert.equal(1, connected, "it says that it connects, and does not: cut short at " .. n)
          assert.equal(1, closed, n)
        until not raised
        assert.is_true(n > 50)
        close_down(server)
      end)
    end

    it("over a path leaves a socket that connects, or one that can still be told to", function()
      local server = serve(testing.tmpPath())
      local to = where_of(server)
      local n = 0
      repeat
        n = n + 1
        local socket = net.Socket():on("error", nothing)
        local heard = 0
        local function on_connect() heard = heard + 1 end
        local raised = cut_short(n, function() socket:connect(to, on_connect) end)
        if not socket.connecting then
          assert.is_nil(socket._handle, n)
          socket:connect(to, on_connect)
        end
        socket:on("close", function() net.stop() end):resume()
        net.run()
        assert.equal(1, heard, n)
      until not raised
      assert.is_true(n > 50)
      close_down(server)
    end)
  end)
end)

describe("a hook that raises while the loop runs", function()
  testing.leakCheck(before_each, after_each)
  after_each(function() debug.sethook() end)

  if jit then
    setup(function() jit.off() end)
    teardown(function() jit.on() end)
  end

  local stream = net.stream

  -- Runs the loop to its end; what it raises on the way.
  local function run_all()
    local raised = {}
    for _ = 1, 200 do
      local ok, err = pcall(net.run)
      if ok then return raised end
      raised[#raised + 1] = (tostring(err):match("^[^\n]*"))
    end
    error("the loop is not done after 200 runs")
  end

  -- Has the next lines of the caller be broken off, as a signal would.
  local function interrupt_here()
    debug.sethook(function()
      debug.sethook()
      error("interrupted!", 0)
    end, "", 20)
    for _ = 1, 1000 do
      nothing()
    end
  end

  -- The hook is taken when a callback begins: so it is set in the one before.
  local function with_hook(fn)
    local inside = false
    timers.setImmediate(function()
      debug.sethook(function()
        if not inside then return end
        debug.sethook()
        error("interrupted!", 0)
      end, "", 1)
      timers.setImmediate(fn)
    end)
    return function() inside = true end
  end

  it("in the midst of a callback comes out of run, and the rest goes on", function()
    local rest = false
    timers.setImmediate(interrupt_here)
    timers.setImmediate(function() rest = true end)
    assert.same({ "interrupted!" }, run_all())
    assert.is_true(rest)
  end)

  for _, name in ipairs({ "_read", "_final", "_destroy", "_construct" }) do
    it("in the midst of a stream's " .. name .. " comes out of run, and is no error of the stream", function()
      local failed, closed = nil, 0
      local enter
      local calls = 0
      local function method(_, callback, other)
        calls = calls + 1
        if calls == 1 then
          enter()
          for _ = 1, 1000 do
            nothing()
          end
        end
        if name == "_read" then return _:push(nil) end
        if type(callback) ~= "function" then callback = other end
        callback()
      end
      enter = with_hook(function()
        local one = stream.Duplex({
          read = function(self) self:push(nil) end,
          write = function(_, _, _, callback) callback() end,
          [name:sub(2)] = method,
        })
        one:on("error", function(err) failed = err end)
        one:on("close", function() closed = closed + 1 end)
        one:resume()
        one:finish("x")
        if name == "_destroy" then one:destroy() end
      end)
      assert.same({ "interrupted!" }, run_all())
      assert.is_nil(failed)
      assert.equal(1, closed)
    end)
  end

  for file, use in pairs({
    ["events.lua"] = function()
      local emitter = net.events()
      emitter:on("x", nothing)
      emitter:emit("x")
    end,
    ["init.lua"] = function() net.createServer() end,
  }) do
    it("in our own lines is called there, as ever, and raises when the callback is over: " .. file, function()
      local where, finished = nil, false
      timers.setImmediate(function()
        debug.sethook(function()
          local info = debug.getinfo(2, "S")
          if where or not info.source:gsub("\\", "/"):find("uvnet/" .. file, 1, true) then return end
          where = info.source
          error("no more", 0)
        end, "", 1)
        timers.setImmediate(function()
          use()
          finished = true
        end)
      end)
      assert.same({ "no more" }, run_all())
      assert.is_truthy(where)
      assert.is_true(finished)
    end)
  end

  it("that is set when run begins is the same one when it has ended", function()
    local function hook() end
    debug.sethook(hook, "l")
    timers.setImmediate(nothing)
    net.run()
    local now, mask = debug.gethook()
    debug.sethook()
    assert.equal(hook, now)
    assert.equal("l", mask)
  end)
end)
