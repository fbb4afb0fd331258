local child = require("spec.support.child")
local forks = require("spec.support.forks")
local lfs = require("lfs")
local net = require("net")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")

local child_process = net.child_process
local raised = sockets.raised

local EVENTS = { "spawn", "exit", "close", "error", "disconnect" }

local function text_of(stream)
  local parts = {}
  stream:on("data", function(chunk) parts[#parts + 1] = chunk end)
  return function() return table.concat(parts) end
end

local function spawn(...) return forks.keep(child_process.spawn(...)) end

local function descriptors()
  local count = 0
  for _ in lfs.dir("/proc/self/fd") do
    count = count + 1
  end
  return count
end

-- How many children there are that have ended and that nobody has asked for.
local function zombies()
  local pipe = io.popen("ps -o stat= --ppid " .. net.process.pid .. " | grep -c Z")
  local count = tonumber(pipe:read("*a"))
  pipe:close()
  return count
end

describe("child_process", function()
  testing.leakCheck(before_each, after_each)
  after_each(forks.cleanup)

  it("takes no number for a descriptor that is none, on any Lua", function()
    for _, fd in ipairs({ 1e300, 2 ^ 31, 2 ^ 32, 2 ^ 32 + 1, 1.5, 0 / 0, math.huge }) do
      for _, entry in ipairs({ fd, { fd = fd } }) do
        local err = raised(child_process.spawn, "true", {}, { stdio = { entry, "ignore", "ignore" } })
        assert.equal("ERR_INVALID_ARG_VALUE", err.code, tostring(fd))
      end
    end
  end)

  it("refuses a longest message that is no length, and arguments that are no list", function()
    for _, most in ipairs({ 0 / 0, -1, math.huge }) do
      assert.equal("ERR_OUT_OF_RANGE", raised(child_process.spawn, "true", {}, { maxMessage = most }).code)
    end
    for _, args in ipairs({ 5, "x", true }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(child_process.execFile, "true", args).code)
    end
  end)

  it("starts nothing for an encoding that nobody knows", function()
    local path = testing.tmpPath()
    for _, encoding in ipairs({ "nope", 5 }) do
      assert.is_false((pcall(child_process.exec, "touch " .. path, { encoding = encoding }, print)))
    end
    testing.run()
    assert.is_nil(lfs.attributes(path))
  end)

  it("a limit of what is collected may have a fraction", function()
    local got
    child_process.exec("echo hello", { maxBuffer = 2.5 }, function(err, out) got = { err.code, out } end)
    testing.run(function() return got end)
    assert.same({ "ERR_CHILD_PROCESS_STDIO_MAXBUFFER", "he" }, got)
  end)

  describe("spawn", function()
    it("tells of the beginning and the end, and gives the streams", function()
      local one = spawn("sh", { "-c", "cat; echo problem >&2; exit 3" })
      local events = forks.record(one, EVENTS)
      local out, err = text_of(one.stdout), text_of(one.stderr)
      assert.equal("number", type(one.pid))
      assert.equal("sh", one.spawnfile)
      assert.same({ "sh", "-c", "cat; echo problem >&2; exit 3" }, one.spawnargs)
      assert.equal(one.stdin, one.stdio[1])
      assert.equal(one.stderr, one.stdio[3])
      assert.is_nil(one.exitCode)
      one.stdin:finish("hello")
      net.run()
      assert.same({ "spawn", "exit 3 nil", "close 3 nil" }, events)
      assert.equal("hello", out())
      assert.equal("problem\n", err())
      assert.equal(3, one.exitCode)
      assert.is_nil(one.signalCode)
      assert.is_false(one.killed)
      assert.is_false(one.connected)
    end)

    it("tells of a signal by its name, and kill says whether it was sent", function()
      local one = spawn("sleep", { "60" })
      local events = forks.record(one, EVENTS)
      one:once("spawn", function()
        assert.is_true(one:kill(0))
        assert.is_true(one:kill("SIGKILL"))
        assert.is_true(one.killed)
      end)
      net.run()
      assert.same({ "spawn", "exit nil SIGKILL", "close nil SIGKILL" }, events)
      assert.equal("SIGKILL", one.signalCode)
      assert.is_false(one:kill())
      assert.equal("ERR_UNKNOWN_SIGNAL", raised(one.kill, one, "SIGNOTHING").code)
    end)

    it("tells of a program that is not there, or may not be run, by error", function()
      for file, code in pairs({ ["/nonexistent/program"] = "ENOENT", ["/etc/passwd"] = "EACCES" }) do
        local before = descriptors()
        local one = spawn(file, { "a", "b" })
        local events = forks.record(one, { "spawn", "exit", "close" })
        local problem
        one:on("error", function(err) problem = err end)
        assert.is_nil(one.pid)
        net.run()
        assert.equal(code, problem.code)
        assert.equal("spawn " .. file, problem.syscall)
        assert.equal(file, problem.path)
        assert.same({ "a", "b" }, problem.spawnargs)
        assert.same({ ("close %d nil"):format(problem.errno) }, events)
        assert.equal(before, descriptors())
        assert.equal(0, zombies())
      end
      local missing = spawn("true", {}, { cwd = "/nonexistent" })
      local code
      missing:on("error", function(err) code = err.code end)
      net.run()
      assert.equal("ENOENT", code)
    end)

    it("takes cwd, env, argv0, shell, and a list for stdio", function()
      local function output(...)
        local one = spawn(...)
        local out = text_of(one.stdout)
        net.run()
        return out()
      end
      assert.equal("/tmp\n", output("pwd", {}, { cwd = "/tmp" }))
      assert.equal("A=1\n", output("env", {}, { env = { A = "1" } }))
      assert.equal("other\n", output("sh", { "-c", "echo $0" }, { argv0 = "other" }))
      assert.equal("3\n", output("echo $((1 + 2))", {}, { shell = true }))
      assert.equal("x y\n", output("echo", { "x", "y" }))
      local one = spawn("sh", { "-c", "echo four >&4" }, { stdio = { "ignore", "ignore", "ignore", "ignore", "pipe" } })
      assert.is_nil(one.stdin)
      assert.is_nil(one.stdio[4])
      local out = text_of(one.stdio[5])
      net.run()
      assert.equal("four\n", out())
    end)

    it("gives descriptors and streams of ours", function()
      local path = forks.script("")
      local file = assert(io.open(path, "w"))
      local server = net.createServer()
      local got
      server:listen(0, "127.0.0.1", function()
        local client = net.connect(server:address().port, "127.0.0.1")
        client:on("data", function(data) got = (got or "") .. data end)
        client:on("close", function() server:close() end)
      end)
      server:on("connection", function(socket)
        local one = spawn("sh", { "-c", "echo to the socket" }, { stdio = { "ignore", socket, "ignore" } })
        one:on("close", function() socket:destroy() end)
      end)
      net.run()
      file:close()
      assert.equal("to the socket\n", got)
    end)

    it("lets no descriptor in that was not asked for", function()
      local path = forks.script("")
      local open = {}
      for i = 1, 40 do
        open[i] = assert(io.open(path, "r"))
      end
      local one = spawn("sh", { "-c", "ls /proc/$$/fd" })
      local out = text_of(one.stdout)
      net.run()
      assert.equal("0\n1\n2\n", out())
      -- They are ours as they were: another way to start a program hands them on as before.
      local pipe = io.popen("ls /proc/$$/fd | wc -l")
      assert.is_true(tonumber(pipe:read("*a")) >= 40)
      pipe:close()
      for _, file in ipairs(open) do
        file:close()
      end
    end)

    it("ends a child after a time, or when its signal is aborted", function()
      local one = spawn("sleep", { "60" }, { timeout = 50, killSignal = "SIGKILL" })
      local events = forks.record(one, EVENTS)
      net.run()
      assert.same({ "spawn", "exit nil SIGKILL", "close nil SIGKILL" }, events)
      local controller = net.AbortController()
      local other = spawn("sleep", { "60" }, { signal = controller.signal })
      local name
      other:on("error", function(err) name = err.name end)
      other:once("spawn", function() controller:abort() end)
      net.run()
      assert.equal("AbortError", name)
      assert.equal("SIGTERM", other.signalCode)
    end)

    it("throws for what is wrong at the call, and leaves nothing open", function()
      local before = descriptors()
      local cases = {
        { "ERR_INVALID_ARG_TYPE", nil },
        { "ERR_INVALID_ARG_VALUE", "" },
        { "ERR_INVALID_ARG_VALUE", "a\0b" },
        { "ERR_INVALID_ARG_TYPE", "true", 1 },
        { "ERR_INVALID_ARG_TYPE", "true", {}, 1 },
        { "ERR_INVALID_ARG_TYPE", "true", {}, { cwd = 1 } },
        { "ERR_INVALID_ARG_TYPE", "true", {}, { detached = 1 } },
        { "ERR_INVALID_ARG_TYPE", "true", {}, { uid = "x" } },
        { "ERR_OUT_OF_RANGE", "true", {}, { gid = 1.5 } },
        { "ERR_INVALID_ARG_TYPE", "true", {}, { shell = 1 } },
        { "ERR_INVALID_ARG_VALUE", "true", {}, { stdio = "other" } },
        { "ERR_INVALID_ARG_VALUE", "true", {}, { stdio = { "pipe", "pipe", "other" } } },
        { "ERR_INVALID_ARG_VALUE", "true", {}, { stdio = { "pipe", "pipe", {} } } },
        { "ERR_IPC_ONE_PIPE", "true", {}, { stdio = { "ipc", "pipe", "ipc" } } },
        { "ERR_INVALID_ARG_VALUE", "true", {}, { serialization = "other" } },
        { "ERR_OUT_OF_RANGE", "true", {}, { timeout = -1 } },
        { "ERR_UNKNOWN_SIGNAL", "true", {}, { killSignal = "SIGNO" } },
        { "ERR_INVALID_ARG_TYPE", "true", {}, { signal = {} } },
      }
      for _, case in ipairs(cases) do
        assert.equal(case[1], raised(child_process.spawn, case[2], case[3], case[4]).code)
      end
      net.run()
      collectgarbage()
      net.run()
      assert.equal(before, descriptors())
    end)

    it("keeps the loop running, unless it is unref'ed", function()
      local one = spawn("sleep", { "60" }, { stdio = "ignore" })
      one:unref()
      net.run()
      assert.is_nil(one.exitCode)
      one:ref()
      one:kill()
      net.run()
      assert.equal("SIGTERM", one.signalCode)
    end)

    it("starts a thousand one after the other, and fifty at once, and nothing is left", function()
      local before, left = descriptors(), 1000
      local function next_one()
        if left == 0 then return end
        left = left - 1
        spawn("true"):on("close", next_one)
      end
      next_one()
      net.run()
      assert.equal(0, left)
      local closed = 0
      for _ = 1, 50 do
        spawn("true"):on("close", function() closed = closed + 1 end)
      end
      net.run()
      assert.equal(50, closed)
      assert.equal(before, descriptors())
      assert.equal(0, zombies())
    end)

    it("tells of EMFILE at each step, and closes what it has opened", function()
      local path = forks.script("")
      local script = forks.script([[
        local net = require("net")
        net.child_process.spawn("true"):on("close", function() end)
        net.run()
        local open, codes = {}, {}
        while true do
          local file = io.open(arg[1])
          if not file then break end
          open[#open + 1] = file
        end
        for free = 0, 12 do
          if free > 0 then table.remove(open):close() end
          local ok, one = pcall(net.child_process.spawn, "true")
          if ok then
            one:on("error", function(err) codes[#codes + 1] = err.code end)
            one:on("close", function(code) codes[#codes + 1] = code == 0 and "ran" or "closed" end)
          else
            codes[#codes + 1] = "thrown " .. one.code
          end
          net.run()
          collectgarbage()
        end
        print(table.concat(codes, " "))
        local seen = {}
        for _, code in ipairs(codes) do seen[code] = true end
        assert(codes[#codes] == "ran")
        for code in pairs(seen) do
          assert(code == "ran" or code == "closed" or code:find("EMFILE"), code)
        end
        -- As many can be opened as before: nothing was kept.
        local again = 0
        while true do
          local file = io.open(arg[1])
          if not file then break end
          open[#open + 1] = file
          again = again + 1
        end
        assert(again == 12, again)
      ]])
      local command = "ulimit -n 64; " .. child.lua(script, path)
      local output, _, errors = child.run("sh -c " .. child.quote(command), nil, 30000)
      assert.truthy(output:find("ran\n", 1, true), output .. errors)
    end)
  end)

  describe("execFile and exec", function()
    local function run(start, ...)
      local results
      local arguments = { ... }
      arguments[#arguments + 1] = function(...) results = { n = select("#", ...), ... } end
      forks.keep(start((table.unpack or unpack)(arguments))) -- luacheck: ignore 143
      net.run()
      return results
    end

    it("give what was printed", function()
      assert.same({ n = 3, nil, "a b\n", "" }, run(child_process.execFile, "echo", { "a", "b" }))
      assert.same({ n = 3, nil, "2\n", "x\n" }, run(child_process.exec, "echo x >&2; echo $((1 + 1))"))
      assert.same({ n = 3, nil, "/tmp\n", "" }, run(child_process.exec, "pwd", { cwd = "/tmp" }))
    end)

    it("tell of a status, a signal, and a program that is not there", function()
      local results = run(child_process.exec, "echo out; echo problem >&2; exit 7")
      assert.equal(7, results[1].code)
      assert.equal("Command failed: echo out; echo problem >&2; exit 7\nproblem\n", results[1].message)
      assert.equal("echo out; echo problem >&2; exit 7", results[1].cmd)
      assert.is_false(results[1].killed)
      assert.equal("out\n", results[2])
      results = run(child_process.exec, "kill -9 $$")
      assert.equal("SIGKILL", results[1].signal)
      results = run(child_process.execFile, "/nonexistent/x")
      assert.equal("ENOENT", results[1].code)
    end)

    it("end what prints too much or takes too long", function()
      local results = run(child_process.execFile, "yes", {}, { maxBuffer = 1000 })
      assert.equal("ERR_CHILD_PROCESS_STDIO_MAXBUFFER", results[1].code)
      assert.equal(1000, #results[2])
      results = run(child_process.execFile, "sleep", { "60" }, { timeout = 50 })
      assert.is_true(results[1].killed)
      assert.equal("SIGTERM", results[1].signal)
    end)
  end)
end)
