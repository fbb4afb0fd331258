local child = require("spec.support.child")
local net = require("net")
local raised = require("spec.support.raised")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local nextTick, setImmediate, setTimeout = timers.nextTick, timers.setImmediate, timers.setTimeout

local function nothing() end

describe("the event loop", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  describe("run", function()
    it("runs until nothing active is left, and gives false", function()
      local log = {}
      setTimeout(function()
        log[#log + 1] = "timeout"
        setImmediate(function() log[#log + 1] = "immediate" end)
      end, 1)
      assert.is_false(net.run())
      assert.same({ "timeout", "immediate" }, log)
    end)

    it("returns at once when nothing is active", function()
      assert.is_false(net.run())
      assert.is_false(net.run("default"))
      assert.is_false(net.run("once"))
      assert.is_false(net.run("nowait"))
    end)

    it("runs one turn that waits with once", function()
      local fired = 0
      setTimeout(function() fired = fired + 1 end, 5)
      local far = setTimeout(nothing, 60000)
      local left = net.run("once")
      -- A turn may also end because time was short by less than a ms.
      if fired == 0 then left = net.run("once") end
      assert.equal(1, fired)
      assert.is_true(left)
      far:close()
    end)

    it("waits with once for nothing else, if something has happened in that turn", function()
      local server = net.createServer():listen(0)
      while net.run("nowait") and not server.listening do end
      local late = setTimeout(function() error("it has waited for something else") end, 2000)
      for _, case in ipairs({
        { "a timeout that is due already", function(done)
          setTimeout(done, 1)
          local from = os.clock()
          while os.clock() - from < 0.01 do end
        end },
        { "a tick", function(done) timers.nextTick(done) end },
        { "an immediate", function(done) setImmediate(done) end },
      }) do
        local done = false
        net.run("nowait")
        case[2](function() done = true end)
        while not done do
          net.run("once")
        end
        assert.is_true(done, case[1])
      end
      late:close()
      server:close()
      net.run()
    end)

    it("runs one turn that does not wait with nowait", function()
      local fired = false
      local timeout = setTimeout(function() fired = true end, 1000)
      assert.is_true(net.run("nowait"))
      assert.is_false(fired)
      timeout:close()
      assert.is_false(net.run("nowait"))
    end)

    it("throws for another mode", function()
      local err = raised(net.run, "forever")
      assert.equal("ERR_INVALID_ARG_VALUE", err.code)
      assert.equal("TypeError", err.name)
    end)

    it("within a callback is an error, and harms nothing", function()
      local err, went_on
      setImmediate(function()
        err = raised(net.run)
        setImmediate(function() went_on = true end)
      end)
      assert.is_false(net.run())
      assert.truthy(tostring(err):find("running already", 1, true))
      assert.is_true(went_on)
    end)

    it("within a tick is an error too", function()
      local err
      nextTick(function() err = raised(net.run, "nowait") end)
      net.run()
      assert.truthy(tostring(err):find("running already", 1, true))
    end)
  end)

  describe("another loop", function()
    it("can wait for this one", function()
      local server = net.createServer():listen(0, "127.0.0.1")
      testing.wait(server, "listening")
      for _ = 1, 3 do
        net.run("nowait")
      end
      assert.is_true(net.backendTimeout() ~= 0)
      server:close()
      testing.run()
      local fired, calls = false, 0
      local timeout = setTimeout(function() fired = true end, 20)
      local wait = net.backendTimeout()
      assert.is_true(wait > 0 and wait <= 20)
      nextTick(nothing)
      assert.equal(0, net.backendTimeout())
      net.run("nowait")
      setImmediate(nothing)
      assert.equal(0, net.backendTimeout())
      local till = timers.now() + 2000
      while not fired and timers.now() < till do
        if net.backendTimeout() == 0 then
          calls = calls + 1
          net.run("nowait")
        end
      end
      assert.is_true(fired)
      assert.is_true(calls < 20)
      timeout:close()
      if package.config:sub(1, 1) == "/" then assert.is_true(net.backendFd() > 2) end
    end)
  end)

  describe("Ctrl-C", function()
    local windows = package.config:sub(1, 1) == "\\"
    local only_unix = windows and pending or it

    local function start(text)
      local program = child.start(child.lua("-e", [[
        local net = require("net")
        io.stdout:setvbuf("no")
        local server = net.createServer(function() end)
        local function tell_the_error()
          local ok, err = pcall(net.run)
          print(ok, (tostring(err):match("interrupted!")))
        end
        server:listen(0, "127.0.0.1", function() print("listening") end)
      ]] .. text))
      program:waitFor("listening\n")
      return program
    end

    only_unix("interrupts a run that waits, which can go on", function()
      local program = start("tell_the_error() server:close(function() print(\"closed\") end) tell_the_error()")
      program:kill("INT")
      assert.equal(0, program:wait())
      assert.equal("listening\nfalse\tinterrupted!\nclosed\ntrue\tnil\n", program:output())
    end)

    only_unix("ends the process that catches nothing", function()
      local program = start("net.run()")
      program:kill("INT")
      assert.equal(1, program:wait())
      assert.truthy(program:errors():find("interrupted!", 1, true))
    end)

    only_unix("kills at the second time", function()
      local program = start("tell_the_error() tell_the_error()")
      program:kill("INT")
      program:waitFor("listening\nfalse\tinterrupted!\n")
      program:kill("INT")
      assert.equal(130, program:wait())
    end)

    only_unix("waits for the end of a callback that takes long, and comes out of run", function()
      local program = start([[
        local function compute() for _ = 1, 20000000 do end end
        net.timers.setTimeout(function()
          pcall(function()
            print("computing")
            local ends = os.time() + 2
            while os.time() < ends do compute() end
            print("computed")
          end)
        end, 1)
        tell_the_error()
        server:close()
      ]])
      program:waitFor("computing\n")
      program:kill("INT")
      assert.equal(0, program:wait())
      assert.equal("listening\ncomputing\ncomputed\nfalse\tinterrupted!\n", program:output())
    end)

    only_unix("is heard at once the second time, by a callback that does not end", function()
      local program = start([[
        if jit then jit.off() end -- compiled code calls no hooks
        net.timers.setTimeout(function()
          print("computing")
          while true do end
        end, 1)
        tell_the_error()
        server:close()
      ]])
      program:waitFor("computing\n")
      program:kill("INT")
      child.poll(function() return program:status() end, 300)
      program:kill("INT")
      assert.equal(0, program:wait())
      assert.equal("listening\ncomputing\nfalse\tinterrupted!\n", program:output())
    end)

    -- Only LuaJIT can install a handler without help.
    if not windows and rawget(_G, "jit") then
      it("is heard once by a handler that calls the one before it", function()
        local program = child.start(child.lua("-e", [[
          local net = require("net")
          local ffi = require("ffi")
          jit.off()
          ffi.cdef("typedef void (*handler)(int); handler signal(int, handler); int raise(int);")
          local SIGINT = 2
          local heard, before = 0, nil
          local ours = ffi.cast("handler", function(number)
            heard = heard + 1
            before(number)
          end)
          net.timers.setImmediate(function() before = ffi.C.signal(SIGINT, ours) end)
          net.run()
          net.timers.setImmediate(function() ffi.C.raise(SIGINT) end)
          net.run()
          print(heard)
        ]]))
        assert.equal(0, program:wait())
        assert.equal("1\n", program:output())
      end)
    end
  end)

  -- luaposix: a handler in C sets a hook, which calls the user's function.
  describe("a signal that somebody else handles", function()
    local has_posix = pcall(require, "posix.signal")
    for _, name in ipairs({ "HUP", "USR1", "USR2", "ALRM", "QUIT", "CHLD", "TERM" }) do
      for _, where in ipairs({ "before run", "in a callback" }) do
        (has_posix and it or pending)("wakes a loop that waits: " .. name .. ", set " .. where, function()
          local program = child.start(child.lua("-e", ([[
            local net, signal = require("net"), require("posix.signal")
            io.stdout:setvbuf("no")
            local server = net.createServer()
            local function set()
              signal.signal(signal.SIG%s, function()
                print("handled")
                server:close()
              end)
            end
            if %s then set() end
            server:listen(0, "127.0.0.1", function()
              set()
              net.timers.setTimeout(function() print("ready") end, 100)
            end)
            net.run()
            -- A handler of luaposix uses the state, also when that is closed; LeakSanitizer has children at the end.
            signal.signal(signal.SIG%s, signal.SIG_DFL)
          ]]):format(name, tostring(where == "before run"), name)))
          program:waitFor("ready\n")
          program:kill(name)
          assert.equal(0, program:wait(5000))
          assert.equal("ready\nhandled\n", program:output())
        end)
      end
    end
  end)

  describe("stop", function()
    it("makes run return, which says that something is left; the next run goes on", function()
      local count = 0
      local interval
      interval = timers.setInterval(function()
        count = count + 1
        if count == 2 then net.stop() end
        if count == 4 then interval:close() end
      end, 1)
      assert.is_true(net.run())
      assert.equal(2, count)
      assert.is_false(net.run())
      assert.equal(4, count)
    end)

    it("does nothing outside of run", function()
      net.stop()
      local fired = false
      setImmediate(function() fired = true end)
      assert.is_false(net.run())
      assert.is_true(fired)
    end)

    it("may come from a tick", function()
      local far = setTimeout(nothing, 60000)
      nextTick(net.stop)
      assert.is_true(net.run())
      far:close()
    end)
  end)

  -- The system reads a busy connection many times in a turn, and each chunk may take a listener long.
  describe("busy peers do not put off", function()
    local PEERS, SIZE, PIECES = 4, 65536, 8

    -- Sockets for which much is there already, each with a `data` listener; `end_turn` is called by the first chunk.
    local function deliveries(end_turn)
      local accepted, clients, sent = {}, {}, 0
      local server = net.createServer({ pauseOnConnect = true }, function(socket) accepted[#accepted + 1] = socket end)
      testing.wait(server:listen(0, "127.0.0.1"), "listening")
      for i = 1, PEERS do
        clients[i] = net.connect(server:address().port, "127.0.0.1")
        testing.wait(clients[i], "connect")
        for _ = 1, PIECES do
          clients[i]:write(("x"):rep(SIZE), function() sent = sent + 1 end)
        end
      end
      testing.run(function() return #accepted == PEERS and sent >= PEERS * PIECES / 2 end)
      local count, bytes = 0, 0
      for _, socket in ipairs(accepted) do
        socket:on("data", function(data)
          count, bytes = count + 1, bytes + #data
          if count == 1 then end_turn() end
        end)
        socket:resume()
      end
      local ok, result = pcall(net.run)
      local first = count
      testing.run(function() return bytes == PEERS * PIECES * SIZE end)
      for i = 1, PEERS do
        clients[i]:destroy()
        accepted[i]:destroy()
      end
      server:close()
      testing.run()
      return first, ok, result
    end

    it("the end of run after stop, and what they send is there in the next run", function()
      local count, ok, active = deliveries(net.stop)
      assert.same({ 1, true, true }, { count, ok, active })
    end)

    it("an error, and what they send is there in the next run", function()
      local mistake = {}
      local count, ok, err = deliveries(function() error(mistake) end)
      assert.same({ 1, false }, { count, ok })
      assert.equal(mistake, err)
    end)
  end)

  -- The one who ends each turn is most often the first whom the system names in the next one, too.
  for what, end_turn in pairs({ ["stops the loop"] = net.stop, raises = function() error("no", 0) end }) do
    it("reads the others, too, while one peer's data " .. what .. " again and again", function()
      local block, served = ("a"):rep(65536), nil
      local server = net.createServer(function(socket)
        socket:on("error", nothing)
        socket:on("data", function(data)
          if data == "b" then
            served = true
            socket:finish()
          else
            end_turn()
          end
        end)
      end)
      testing.wait(server:listen(0, "127.0.0.1"), "listening")
      local flooding = net.connect(server:address().port, "127.0.0.1")
      testing.wait(flooding, "connect")
      local function flood()
        while flooding:write(block) do
        end
      end
      flooding:on("drain", flood)
      flood()
      local modest = net.connect(server:address().port, "127.0.0.1")
      modest:resume():on("connect", function() modest:write("b") end)
      local runs = 0
      while not served and runs < 2000 do
        pcall(net.run, "once")
        runs = runs + 1
      end
      flooding:removeAllListeners("drain")
      flooding:on("error", nothing):destroy()
      server:close()
      repeat
        local ok, active = pcall(net.run)
      until ok and not active
      assert.is_true(served, "not in " .. runs .. " runs")
    end)
  end

  describe("an error in a callback", function()
    it("comes out of run unchanged if it is no string", function()
      for _, value in ipairs({ net.errors("boom"), { mine = true }, 42, true }) do
        setImmediate(function() error(value, 0) end)
        assert.equal(value, raised(net.run))
        assert.is_false(net.run())
      end
      -- nil and false cannot be told by assert.equal's first argument alone.
      setImmediate(function() error(nil, 0) end)
      local ok = pcall(net.run)
      assert.is_false(ok)
      setImmediate(function() error(false, 0) end)
      assert.is_false(raised(net.run))
    end)

    it("comes out with the callback's traceback behind it if it is a string", function()
      setImmediate(function() error("boom") end)
      local text = raised(net.run)
      assert.truthy(text:find("loop_spec%.lua:%d+: boom\n"))
      assert.truthy(text:find("stack traceback:\n", 1, true))
      assert.truthy(text:find("loop_spec%.lua:%d+: in"))
    end)

    it("does not end anything: the next run goes on", function()
      local log = {}
      local server = net.createServer(function(socket)
        socket:on("data", function(data)
          log[#log + 1] = data
          error("no " .. data, 0)
        end)
      end)
      server:listen(0, "127.0.0.1")
      testing.wait(server, "listening")
      local client = net.connect(server:address().port, "127.0.0.1")
      client:write("one")
      assert.truthy(raised(net.run):find("^no one"))
      client:write("two")
      assert.truthy(raised(net.run):find("^no two"))
      client:finish()
      server:close()
      assert.is_false(net.run())
      assert.same({ "one", "two" }, log)
    end)

    it("is one of several in one turn: each run raises one, in order, and none is lost", function()
      for i = 1, 3 do
        setImmediate(function() error({ i }, 0) end)
      end
      nextTick(function() error({ 0 }, 0) end)
      local seen = {}
      for _ = 1, 10 do
        local ok, err = pcall(net.run)
        if ok then break end
        seen[#seen + 1] = err[1]
      end
      assert.same({ 0, 1, 2, 3 }, seen)
    end)

    it("does not keep the ticks of that callback from running", function()
      local log = {}
      setImmediate(function()
        nextTick(function() log[#log + 1] = "tick" end)
        error("boom", 0)
      end)
      setImmediate(function() log[#log + 1] = "next" end)
      raised(net.run)
      net.run()
      assert.same({ "tick", "next" }, log)
    end)

    it("is raised by every kind of callback", function()
      local function try(begin)
        local boom = net.errors("boom")
        begin(function() error(boom, 0) end)
        local got
        for _ = 1, 10 do
          local ok, err = pcall(net.run)
          if not ok then
            assert.is_nil(got)
            got = err
          else
            break
          end
        end
        assert.equal(boom, got)
      end
      try(function(fail) nextTick(fail) end)
      try(function(fail) setTimeout(fail, 1) end)
      try(function(fail) net.dns.lookup("127.0.0.1", fail) end)
      try(function(fail) net.dns.lookup("localhost", fail) end)
      try(function(fail) net.connect(testing.tmpPath()):on("error", fail) end)
      try(function(fail) net.connect(testing.tmpPath()):on("error", nothing):on("close", fail) end)
      try(function(fail)
        local server = net.createServer()
        server:listen(0, function()
          server:close()
          fail()
        end)
      end)
      try(function(fail) net.createServer():listen(0):close(fail) end)
      -- Of a connection: the listener fails once; the rest closes it.
      for _, event in ipairs({ "connect", "data", "end", "finish", "close", "drain", "written", "timeout" }) do
        try(function(fail)
          local server
          server = net.createServer(function(socket)
            socket:on("data", nothing)
            socket:write("x")
            server:close()
          end)
          server:listen(0, "127.0.0.1", function()
            local client = net.connect(server:address().port, "127.0.0.1")
            if event ~= "data" then client:resume() end
            if event == "written" then
              client:write("x", fail)
            elseif event == "drain" then
              client:once("connect", function()
                client:_needDrain()
                client:once("drain", fail)
                client:_drain()
              end)
            else
              client:once(event, fail)
            end
            if event == "timeout" then client:setTimeout(5) end
            setTimeout(function() client:finish() end, 20)
          end)
        end)
      end
    end)

    it("in a connection listener leaves the connection to its socket", function()
      local accepted
      local server = net.createServer(function(socket)
        accepted = socket
        error("boom", 0)
      end)
      server:listen(0, "127.0.0.1")
      testing.wait(server, "listening")
      local client = net.connect(server:address().port, "127.0.0.1")
      assert.truthy(raised(testing.wait, client, "connect"):find("^boom"))
      testing.run(function() return not client.connecting end)
      accepted:write("alive")
      assert.equal("alive", testing.wait(client, "data"))
      client:destroy()
      accepted:destroy()
      server:close()
    end)
  end)

  describe("the order", function()
    it("is ticks, then immediates, and timeouts in theirs", function()
      local log = {}
      local function note(name) return function() log[#log + 1] = name end end
      setImmediate(note("immediate"))
      setTimeout(note("timeout 30"), 30)
      setTimeout(note("timeout 1"), 1)
      nextTick(note("tick"))
      net.run()
      assert.equal("tick", log[1])
      assert.equal("timeout 30", log[4])
    end)

    it("has ticks of ticks before anything else", function()
      local log = {}
      setImmediate(function() log[#log + 1] = "immediate" end)
      nextTick(function()
        nextTick(function()
          nextTick(function() log[#log + 1] = "third" end)
          log[#log + 1] = "second"
        end)
        log[#log + 1] = "first"
      end)
      net.run()
      assert.same({ "first", "second", "third", "immediate" }, log)
    end)

    it("has ticks after each immediate and each timeout, before the next one", function()
      local log = {}
      for i = 1, 2 do
        setImmediate(function()
          log[#log + 1] = "immediate " .. i
          nextTick(function() log[#log + 1] = "tick " .. i end)
        end)
      end
      net.run()
      assert.same({ "immediate 1", "tick 1", "immediate 2", "tick 2" }, log)
      log = {}
      for i = 1, 2 do
        setTimeout(function()
          log[#log + 1] = "timeout " .. i
          nextTick(function() log[#log + 1] = "tick " .. i end)
        end, 1)
      end
      net.run()
      assert.same({ "timeout 1", "tick 1", "timeout 2", "tick 2" }, log)
    end)

    it("has an immediate that an immediate makes in the next turn", function()
      local log = {}
      setImmediate(function()
        log[#log + 1] = "first"
        setImmediate(function() log[#log + 1] = "third" end)
      end)
      setImmediate(function() log[#log + 1] = "second" end)
      net.run()
      assert.same({ "first", "second", "third" }, log)
    end)

    it("has an immediate before a timeout, from the callback of an event", testing.async(function(done)
      local server
      server = net.createServer(function(socket)
        socket:destroy()
        server:close()
        local log = {}
        setTimeout(function()
          log[#log + 1] = "timeout"
          assert.same({ "tick", "immediate", "timeout" }, log)
          done()
        end, 1)
        setImmediate(function() log[#log + 1] = "immediate" end)
        nextTick(function() log[#log + 1] = "tick" end)
      end)
      server:listen(0, "127.0.0.1", function()
        net.connect(server:address().port, "127.0.0.1"):on("error", nothing):resume()
      end)
    end))

    it("of a stream of ticks does not lose one", function()
      local count = 0
      local function again()
        count = count + 1
        if count < 10000 then nextTick(again) end
      end
      nextTick(again)
      net.run()
      assert.equal(10000, count)
    end)
  end)

  describe("at the end of a script", function()
    -- Everything there is, in flight at once.
    local PREAMBLE = [[
      local net = require("net")
      local timers = require("uvnet.timers")
      local function nothing() end
      local server = net.createServer(function(socket)
        socket:on("error", nothing)
        socket:write(("x"):rep(4 * 1024 * 1024))
      end)
      local port
      server:listen(0, "127.0.0.1", function()
        port = server:address().port
        net.stop()
      end)
      local unix = net.createServer():listen("UNIX_PATH")
      net.run()
      local client = net.connect(port, "127.0.0.1", net.stop)
      client:write(("y"):rep(4 * 1024 * 1024), nothing)
      client:setTimeout(60000)
      net.run()
      client:pause()
      net.connect(port, "127.0.0.1")
      net.connect(port, "localhost")
      net.dns.lookup("localhost", nothing)
      timers.setInterval(nothing, 1)
      timers.setTimeout(nothing, 60000)
      timers.setImmediate(nothing)
      timers.nextTick(nothing)
    ]]

    local function run_script(text)
      local path, unix_path = os.tmpname(), testing.tmpPath()
      local file = assert(io.open(path, "w"))
      file:write((text:gsub('"UNIX_PATH"', function() return ("%q"):format(unix_path) end)))
      file:close()
      local output, status, errors = child.run(child.lua(path))
      os.remove(path)
      -- A process that ends without closing its state leaves the file.
      os.remove(unix_path)
      return output, status, errors
    end

    it("everything in flight is closed, quietly", function()
      local output, status, errors = run_script(PREAMBLE .. 'print("end")')
      assert.equal("", errors)
      assert.equal("end\n", output)
      assert.equal(0, status)
    end)

    it("os.exit ends the process with its status, from within a callback too", function()
      local _, status, errors = run_script(PREAMBLE .. "os.exit(3)")
      assert.equal("", errors)
      assert.equal(3, status)
      _, status, errors = run_script(PREAMBLE .. "timers.setImmediate(function() os.exit(4) end) net.run()")
      assert.equal("", errors)
      assert.equal(4, status)
    end)

    it("os.exit(status, true) closes the state first", function()
      local _, status, errors = run_script(PREAMBLE .. "os.exit(5, true)")
      assert.equal("", errors)
      assert.equal(5, status)
    end)

    it("os.exit(status, true) within a callback closes the state, too", function()
      local _, status, errors = run_script(PREAMBLE .. "timers.setImmediate(function() os.exit(6, true) end) net.run()")
      assert.equal("", errors)
      assert.equal(6, status)
    end)

    it("an error that nobody catches ends it with status 1 and a traceback", function()
      local _, status, errors = run_script(PREAMBLE .. "timers.setImmediate(function() error('boom') end) net.run()")
      assert.equal(1, status)
      assert.truthy(errors:find("boom", 1, true))
      assert.truthy(errors:find("traceback", 1, true))
    end)

    it("an Error that nobody catches is named", function()
      local _, status, errors = run_script([[
        local net = require("net")
        net.connect("/nonexistent/x.sock")
        local ok, err = pcall(net.run)
        io.stderr:write(tostring(err), "\n")
        os.exit(ok and 0 or 7)
      ]])
      assert.equal("Error: connect ENOENT /nonexistent/x.sock\n", errors)
      assert.equal(7, status)
    end)

    it("a script that never runs the loop does no I/O", function()
      local path = testing.tmpPath()
      local server = net.createServer():listen(path)
      local count = 0
      server:on("connection", function(socket)
        count = count + 1
        socket:destroy()
      end)
      testing.wait(server, "listening")
      local output = run_script(([[
        local net = require("net")
        net.connect("%s"):on("connect", function() print("connected") end)
      ]]):format(path))
      assert.equal("", output)
      server:close()
    end)
  end)
end)
