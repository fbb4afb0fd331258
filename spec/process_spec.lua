local async = require("uvnet.async")
local child = require("spec.support.child")
local core = require("uvnet.core")
local forks = require("spec.support.forks")
local net = require("net")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local process, raised = net.process, sockets.raised

-- Runs a Lua program: its output, status and standard error.
local function run(text, before, after)
  local command = child.lua(forks.script(text))
  return child.run(("sh -c %s"):format(child.quote((before or "") .. command .. (after or ""))), nil, 20000)
end

describe("net.process", function()
  testing.leakCheck(before_each, after_each)
  after_each(function()
    child.cleanup()
    forks.cleanup()
  end)

  it("says what this process is", function()
    assert.is_true(net.events:isInstance(process))
    assert.equal("number", type(process.pid))
    local pipe = io.popen("echo $PPID")
    assert.equal(process.pid, tonumber(pipe:read("*l")))
    pipe:close()
    assert.is_true(process.ppid > 0)
    assert.truthy(process.execPath:find("lua", 1, true))
    assert.truthy(({ linux = 1, darwin = 1, win32 = 1, freebsd = 1, openbsd = 1 })[process.platform])
    assert.is_false(process.connected)
    assert.is_nil(process.send)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(function() process.title = 5 end).code)
  end)

  it("kill takes no number that is no process's for another one, on any Lua", function()
    -- Signal 0 kills nobody, whatever the number were taken for: 0 and -1 are many processes.
    local none = { 1e300, -1e300, 2 ^ 31, 2 ^ 32, 2 ^ 32 + process.pid, -2 ^ 31 - 1, 2 ^ 63, 0.5, 0 / 0, math.huge }
    for _, pid in ipairs(none) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(process.kill, pid, 0).code, tostring(pid))
    end
    assert.equal("ESRCH", raised(process.kill, 2 ^ 31 - 1, 0).code)
  end)

  it("exitCode is an integer of any size: the system takes its last byte", function()
    for code, status in pairs({ [2 ^ 32 + 7] = 7, [-1] = 255, [1e300] = 0 }) do
      local text = ("local net = require('net') net.process.exitCode = %.17g net.run()"):format(code)
      local command = child.lua(forks.script(text))
      local output = child.run("sh -c " .. child.quote(command .. "; echo status $?"), nil, 20000)
      assert.truthy(output:find("status " .. status, 1, true), output)
    end
  end)

  it("kill sends signals, and looks whether a process is there", function()
    assert.is_true(process.kill(process.pid, 0))
    assert.is_true(process:kill(process.pid, 0))
    assert.equal("ERR_UNKNOWN_SIGNAL", raised(process.kill, process.pid, "SIGNO").code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(process.kill, "x").code)
    local one = net.child_process.spawn("true")
    net.run()
    local err = raised(process.kill, one.pid, 0)
    assert.equal("ESRCH", err.code)
    assert.equal("kill", err.syscall)
  end)

  describe("signals", function()
    it("come by their names, with their numbers, as often as there are listeners", function()
      local got = {}
      local function listener(...) got[#got + 1] = { ... } end
      process:on("SIGUSR2", listener)
      process:once("SIGUSR2", function(name)
        got[#got + 1] = name
        process:removeListener("SIGUSR2", listener)
        net.stop()
      end)
      local guard = timers.setTimeout(function() end, 10000)
      process.kill(process.pid, "SIGUSR2")
      net.run()
      guard:close()
      assert.equal("SIGUSR2", got[1][1])
      assert.equal("number", type(got[1][2]))
      assert.equal("SIGUSR2", got[2])
      assert.equal(0, process:listenerCount("SIGUSR2"))
    end)

    it("keep nothing running", function()
      local function listener() end
      process:on("SIGHUP", listener)
      net.run()
      process:removeListener("SIGHUP", listener)
    end)

    it("that cannot be listened for raise at the call", function()
      local err = raised(process.on, process, "SIGKILL", function() end)
      assert.equal("EINVAL", err.code)
      assert.equal("uv_signal_start", err.syscall)
      assert.equal(0, process:listenerCount("SIGKILL"))
    end)

    it("have their former answer when nobody listens any more", function()
      -- Ignored before, and so again; and the default action, which ends the process.
      local _, status = run([[
        local net = require("net")
        local function listener() end
        for _, name in ipairs({ "SIGUSR1", "SIGUSR2" }) do
          net.process:on(name, listener)
          net.process:removeListener(name, listener)
        end
        net.run()
        net.process.kill(net.process.pid, "SIGUSR1")
        print("still here")
        io.stdout:flush()
        net.process.kill(net.process.pid, "SIGUSR2")
      ]], "trap '' USR1; ")
      assert.equal(128 + 12, status)
    end)

    it("while there is a listener for SIGINT, Ctrl-C does not raise; without one it does again", function()
      local output, status, errors = run([[
        local net = require("net")
        local timer = net.timers.setTimeout(function() end, 10000)
        local function kill() net.process.kill(net.process.pid, "SIGINT") end
        net.process:once("SIGINT", function()
          print("listener")
          net.timers.setTimeout(kill, 20)
        end)
        net.timers.setTimeout(kill, 20)
        local ok, err = pcall(net.run)
        print(ok, (tostring(err):gsub("\n.*", "")))
      ]])
      assert.equal(0, status, errors)
      assert.truthy(output:find("^listener\nfalse\t.*interrupted!\n$"), output)
    end)
  end)

  describe("uncaughtException", function()
    after_each(function() process:removeAllListeners("uncaughtException") end)

    it("gets what a callback raises, and run goes on", function()
      local got, later = {}, false
      local function listener(err, origin) got[#got + 1] = { err, origin } end
      process:on("uncaughtException", listener)
      local problem = net.errors("problem")
      timers.setTimeout(function() error(problem) end, 1)
      timers.setTimeout(function() error("text", 0) end, 2)
      timers.setTimeout(function() later = true end, 30)
      assert.is_false(net.run())
      assert.equal(problem, got[1][1])
      assert.equal("uncaughtException", got[1][2])
      assert.truthy(tostring(got[2][1]):find("^text"))
      assert.is_true(later)
      process:removeListener("uncaughtException", listener)
      timers.setTimeout(function() error(problem) end, 1)
      assert.equal(problem, raised(net.run))
    end)

    it("gets whose callback has raised it, be it an Error or not; an Error says so to whoever runs the loop", function()
      local names, whose, seen = {}, {}, {}
      local function listener(err, _, emitter)
        local text = tostring(err):match("problem of (%w+)")
        if type(err) == "table" and err.code == "ENOENT" then text = "refused" end
        assert.truthy(text, tostring(err))
        seen[#seen + 1] = text
        assert.is_true(rawequal(whose[text], emitter), text .. " " .. tostring(emitter))
        if net.errors:isInstance(err) then assert.is_true(rawequal(err.emitter, emitter)) end
      end
      local function raising(name, object)
        names[#names + 1] = name
        whose[name] = object
        local as_error = #names % 2 == 0
        return function()
          local text = "problem of " .. name
          error(as_error and net.errors(text) or text, 0)
        end
      end
      process:on("uncaughtException", listener)
      local server = net.createServer()
      server:on("connection", function(peer)
        server:close()
        peer:on("end", raising("ended", peer))
        peer:on("close", raising("closed", peer))
        peer:on("data", raising("read", peer))
        peer:write("back")
        peer:setTimeout(5, raising("idle", peer))
        raising("connection", server)()
      end)
      server:on("close", raising("gone", server))
      server:listen(0, "127.0.0.1", function()
        local client = net.connect(server:address().port, "127.0.0.1")
        client:once("data", function()
          client:write("x", raising("written", client))
          timers.setTimeout(function() client:finish() end, 30)
        end)
        client:on("connect", raising("connected", client))
      end)
      names[#names + 1], whose.refused = "refused", net.connect("/nonexistent/socket") -- nobody listens for its error
      process:once("SIGUSR2", raising("signal", process))
      process.kill(process.pid, "SIGUSR2")
      local timer, immediate
      timer = timers.setTimeout(function() raising("timer", timer)() end, 1)
      immediate = timers.setImmediate(function() raising("immediate", immediate)() end)
      timers.nextTick(raising("nobody", nil))
      net.run()
      process:removeListener("uncaughtException", listener)
      table.sort(names)
      table.sort(seen)
      assert.same(names, seen)
      local problem = net.errors("problem")
      timer = timers.setTimeout(function() error(problem) end, 1)
      assert.equal(problem, raised(net.run))
      assert.equal(timer, problem.emitter)
    end)

    it("lets what its listener raises out of run, and an interrupt", function()
      local function listener() error("of the listener", 0) end
      process:on("uncaughtException", listener)
      timers.setTimeout(function() error("x") end, 1)
      assert.equal("of the listener", raised(net.run))
      timers.setTimeout(function() error("interrupted!", 0) end, 1)
      assert.truthy(raised(net.run):find("^interrupted!"))
      process:removeListener("uncaughtException", listener)
    end)

    it("gets what is raised while the main program waits, too, and the wait goes on", function()
      local got, refused = {}, nil
      local function listener(err, _, emitter)
        got[#got + 1] = { err, emitter }
        refused = raised(async.sleep, 1)
      end
      process:on("uncaughtException", listener)
      local value = {}
      local timer = timers.setTimeout(function() error(value) end, 1)
      async.sleep(10)
      assert.equal(1, #got)
      assert.equal(value, got[1][1])
      assert.equal(timer, got[1][2])
      assert.equal("ERR_INVALID_STATE", refused.code)

      -- What comes in the same turn as the answer is theirs, too.
      local queue = async.queue()
      timers.setTimeout(function()
        queue:put("answer")
        error(value)
      end, 1)
      assert.equal("answer", queue:take())
      net.run()
      assert.equal(2, #got)
      process:removeListener("uncaughtException", listener)

      local function raises() error("of the listener", 0) end
      process:on("uncaughtException", raises)
      timers.setTimeout(function() error(value) end, 1)
      -- So long that what is raised never comes in the turn in which the sleep is over.
      assert.equal("of the listener", raised(async.sleep, 60000))
      process:removeListener("uncaughtException", raises)
      timers.setTimeout(function() error(value) end, 1)
      assert.equal(value, raised(async.sleep, 60000))
      net.run()
    end)

    it("does not keep run from being stopped", function()
      local count = 0
      local function listener() count = count + 1 end
      process:on("uncaughtException", listener)
      local interval = timers.setInterval(function()
        net.stop()
        error("x")
      end, 1)
      assert.is_true(net.run())
      assert.equal(1, count)
      interval:close()
      process:removeListener("uncaughtException", listener)
    end)
  end)

  describe("the end", function()
    it("beforeExit may give more to do; exit comes last", function()
      local output = run([[
        local net = require("net")
        local left = 2
        net.process:on("beforeExit", function(code)
          print("beforeExit", code)
          if left == 0 then return end
          left = left - 1
          net.timers.setTimeout(function() print("more") end, 1)
        end)
        net.process:on("exit", function(code)
          print("exit", code)
          net.timers.setTimeout(function() print("never") end, 1)
        end)
        print(net.run())
      ]])
      assert.equal("beforeExit\t0\nmore\nbeforeExit\t0\nmore\nbeforeExit\t0\nexit\t0\nfalse\n", output)
    end)

    it("does not come where run was stopped", function()
      local seen = 0
      local function listener() seen = seen + 1 end
      process:on("exit", listener)
      timers.setImmediate(net.stop)
      net.run()
      assert.equal(0, seen)
      net.run()
      assert.equal(1, seen)
      process:removeListener("exit", listener)
    end)

    it("exitCode is the status, and exit ends at once", function()
      local _, status = run("local net = require('net') net.process.exitCode = 7 net.run()")
      assert.equal(7, status)
      local output
      output, status = run([[
        local net = require("net")
        net.process:on("exit", function(code) print("exit", code) end)
        net.timers.setTimeout(function() net.process:exit(3) end, 1)
        net.timers.setTimeout(function() print("never") end, 1000)
        net.run()
      ]])
      assert.equal("exit\t3\n", output)
      assert.equal(3, status)
      output, status = run("local net = require('net') net.process.exitCode = 7 net.run() os.exit(2)")
      -- Not every C library tells the status at the end (docs/differences.md).
      assert.equal(core.exitCode(0) and 2 or 7, status, output)
    end)
  end)

  describe("the standard streams", function()
    local COPY = [[
      local net = require("net")
      local count = 0
      net.process.stdin:on("data", function(data) count = count + #data end)
      net.process.stdin:on("end", function() net.process.stdout:write(count .. " bytes\n") end)
      net.run()
    ]]

    it("are pipes, files, or nothing", function()
      assert.equal("100000 bytes\n", (run(COPY, "head -c 100000 /dev/zero | ")))
      local path = forks.script(("x"):rep(300000))
      assert.equal("300000 bytes\n", (run(COPY, "", " <" .. path)))
      assert.equal("0 bytes\n", (run(COPY, "", " </dev/null")))
      assert.equal("5 bytes\n", (run(COPY, "printf 12345 | ", " | cat")))
    end)

    it("stdout and stderr are written whole, into a pipe and a file", function()
      local write = [[
        local net = require("net")
        net.process.stdout:write(("x"):rep(300000))
        net.process.stderr:write("problem\n")
        net.run()
        print("and print goes on")
      ]]
      local path = forks.script("")
      local output, _, errors = run(write, "", " | { sleep 0.2; wc -c; }")
      assert.equal(300000 + #"and print goes on\n", tonumber(output))
      assert.equal("problem\n", errors)
      run(write, "", " >" .. path)
      local file = io.open(path)
      assert.equal(("x"):rep(300000) .. "and print goes on\n", file:read("*a"))
      file:close()
    end)

    it("are not closed by what is piped there", function()
      local output = run([[
        local net = require("net")
        local source = net.stream.PassThrough()
        source:pipe(net.process.stdout)
        source:finish("from the source\n")
        net.run()
        net.process.stdout:finish("the end\n")
        net.run()
        print("and print goes on")
      ]], "", " | cat")
      assert.equal("from the source\nthe end\nand print goes on\n", output)
    end)

    it("a paused stdin lets the loop end", function()
      local output = run([[
        local net = require("net")
        net.process.stdin:once("data", function() net.process.stdin:pause() end)
        net.run()
        print("done")
      ]], "{ echo x; sleep 3; } | ")
      assert.equal("done\n", output)
    end)

    it("are a terminal", function()
      if not child.has("script") then return pending("script is not here") end
      local program = child.lua(forks.script([[
        local net = require("net")
        local process = net.process
        local stdin, stdout = process.stdin, process.stdout
        print(stdin.isTTY, stdin.isRaw, stdout.isTTY, type(stdout.columns), type(stdout.rows))
        stdin:setRawMode(true)
        print(stdin.isRaw)
        stdin:setRawMode(false)
        stdout:on("resize", function() print("resize", stdout.columns, stdout.rows) stdin:destroy() end)
        stdin:once("data", function(data)
          print("data", #data)
          os.execute("stty rows 33 columns 99")
          stdin:pause()
          process.kill(process.pid, "SIGWINCH")
          net.timers.setTimeout(function() end, 300)
        end)
        net.run()
        print("over")
      ]]))
      local output = child.run("sh -c " .. child.quote("{ sleep 0.5; echo typed; sleep 1; } | script -qec "
        .. child.quote(program) .. " /dev/null"), nil, 20000)
      output = output:gsub("\r", "")
      assert.truthy(output:find("true\tfalse\ttrue\tnumber\tnumber\ntrue\n", 1, true), output)
      assert.truthy(output:find("data\t6\n", 1, true), output)
      assert.truthy(output:find("resize\t99\t33\n", 1, true), output)
      assert.truthy(output:find("over\n", 1, true), output)
    end)
  end)
end)
