-- What is Windows' own: named pipes, Ctrl-C at a console, children without a fork. tools/platform-windows.sh runs it.

if package.config:sub(1, 1) ~= "\\" then return end

local forks = require("spec.support.forks")
local net = require("net")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")

local raised = sockets.raised

-- What the program that runs the specs there has of the system; nil where another one runs them.
local function host()
  local path = os.getenv("UVNET_HOST")
  local open = path and package.loadlib(path, "luaopen_host")
  return open and open()
end

describe("named pipes", function()
  testing.leakCheck(before_each, after_each)

  it("are listened at by their name, which is the address", function()
    local path = testing.tmpPath()
    local server = net.createServer()
    server:listen(path)
    testing.wait(server, "listening")
    assert.equal(path, server:address())
    server:close()
    testing.wait(server, "close")
  end)

  it("carry a megabyte each way, and each side's end", function()
    local path = testing.tmpPath()
    local server = net.createServer({ allowHalfOpen = true }, function(socket)
      socket:on("data", function(data) socket:write(data) end)
      socket:on("end", function() socket:finish() end)
    end)
    server:listen(path)
    local client = net.connect(path)
    local chunks = sockets.collect(client)
    local sent = ("0123456789abcdef"):rep(65536)
    client:write(sent)
    testing.wait(client, "connect")
    local function size()
      local sum = 0
      for _, chunk in ipairs(chunks) do
        sum = sum + #chunk
      end
      return sum
    end
    testing.run(function() return size() == #sent end, 20000)
    client:finish()
    testing.wait(client, "close")
    assert.is_true(table.concat(chunks) == sent)
    server:close()
    testing.wait(server, "close")
  end)

  it("take fifty clients that come at once", function()
    local path, taken, ended = testing.tmpPath(), 0, 0
    local server = net.createServer(function(socket)
      taken = taken + 1
      socket:finish("hello")
    end)
    server:listen(path)
    for _ = 1, 50 do
      local client = net.connect(path)
      client:resume()
      client:on("close", function(had_error) if not had_error then ended = ended + 1 end end)
    end
    testing.run(function() return ended == 50 end, 20000)
    assert.equal(50, taken)
    server:close()
    testing.wait(server, "close")
  end)

  it("give EADDRINUSE to a second server", function()
    local path = testing.tmpPath()
    local server, second = net.createServer(), net.createServer()
    server:listen(path)
    second:listen(path)
    local ok, err = pcall(testing.wait, second, "error", 2000)
    second:close()
    server:close()
    testing.wait(server, "close")
    assert.is_true(ok, err)
    assert.equal("EADDRINUSE", err.code)
  end)

  it("give ENOENT to a client of none, and EACCES to a name that is no pipe's", function()
    assert.equal("ENOENT", testing.wait(net.connect(testing.tmpPath()), "error").code)
    local server = net.createServer()
    server:listen("C:\\no-pipe")
    assert.equal("EACCES", testing.wait(server, "error").code)
  end)

  it("are told of by an error where the name is a Linux one", function()
    local server = net.createServer()
    server:listen("\0abstract")
    assert.equal("EINVAL", testing.wait(server, "error").code)
  end)
end)

describe("Ctrl-C", function()
  testing.leakCheck(before_each, after_each)

  local function press()
    local windows = host()
    if not windows or not windows.interrupt(true) then
      pending("there is no console")
      return
    end
    return windows.interrupt
  end

  it("is SIGINT to who listens for that, and raises nothing then", function()
    local interrupt = press()
    if not interrupt then return end
    local heard = {}
    local function on_signal(...)
      heard[#heard + 1] = table.concat({ ... }, " ")
      net.stop()
    end
    net.process:on("SIGINT", on_signal)
    local timer = net.timers.setTimeout(interrupt, 50)
    local late = net.timers.setTimeout(net.stop, 10000)
    local ok = pcall(net.run)
    net.process:removeListener("SIGINT", on_signal)
    timer:close()
    late:close()
    assert.is_true(ok)
    assert.same({ "SIGINT 2" }, heard)
  end)

  -- The last one: `lua` has the default action for the next Ctrl-C, which ends the process.
  it("wakes a loop that waits, and comes out of run between two callbacks, and the loop goes on", function()
    local interrupt = press()
    if not interrupt then return end
    local server, finished = net.createServer(), false
    server:listen(0, "127.0.0.1")
    testing.wait(server, "listening")
    local timer = net.timers.setTimeout(function()
      interrupt()
      local till = os.clock() + 0.3
      while os.clock() < till do
      end
      finished = true
    end, 50)
    local late = net.timers.setTimeout(net.stop, 10000)
    local ok, message = pcall(net.run)
    timer:close()
    late:close()
    assert.is_false(ok)
    assert.truthy(tostring(message):find("interrupted!", 1, true))
    assert.is_true(finished)
    server:close()
    testing.wait(server, "close")
  end)
end)

describe("a child on Windows", function()
  testing.leakCheck(before_each, after_each)
  after_each(forks.cleanup)

  it("gets what is written to it, and tells what it prints and its status", function()
    local script = forks.script("io.write(io.read('*a'):upper()) io.stderr:write('!') os.exit(7)")
    local one = forks.keep(net.child_process.spawn(net.process.execPath, { script }, { env = forks.env() }))
    local out, err = sockets.collect(one.stdout), sockets.collect(one.stderr)
    one.stdin:finish("some text")
    local code, signal = testing.wait(one, "close")
    assert.equal(7, code)
    assert.is_nil(signal)
    assert.equal("SOME TEXT", table.concat(out))
    assert.equal("!", table.concat(err))
  end)

  it("is ended by kill", function()
    local script = forks.script("while true do end")
    local one = forks.keep(net.child_process.spawn(net.process.execPath, { script }, { env = forks.env() }))
    testing.wait(one, "spawn")
    assert.is_true(one:kill())
    local _, signal = testing.wait(one, "close")
    assert.equal("SIGTERM", signal)
  end)

  it("that is not there is told of", function()
    local one = net.child_process.spawn("no such program")
    assert.equal("ENOENT", testing.wait(one, "error").code)
  end)

  it("that is forked has a channel", function()
    local one = forks.fork([[
      local net = require("net")
      net.process:on("message", function(message)
        net.process:send({ answer = message.question * 2 })
        net.process:disconnect()
      end)
      net.run()
    ]])
    local seen
    one:on("message", function(message) seen = message end)
    one:send({ question = 21 })
    testing.wait(one, "close", 20000)
    assert.same({ answer = 42 }, seen)
  end)

  it("has its environment in UTF-8, and what is taken out of ours is gone from os.getenv, too", function()
    local core = require("uvnet.core")
    local script = forks.script([[
      for _, one in ipairs(require("uvnet.core").environment()) do
        if one:find("^UVNET_WORD=") then io.write(one) end
      end
    ]])
    local env = forks.env({ UVNET_WORD = "gr\195\188n" })
    local one = forks.keep(net.child_process.spawn(net.process.execPath, { script }, { env = env }))
    local out = sockets.collect(one.stdout)
    testing.wait(one, "close")
    assert.equal("UVNET_WORD=gr\195\188n", table.concat(out))
    assert.truthy(os.getenv("UVNET_SLOW"))
    core.unsetenv("UVNET_SLOW")
    assert.is_nil(os.getenv("UVNET_SLOW"))
  end)

  it("has no signals but those that Windows has", function()
    assert.equal("ERR_UNKNOWN_SIGNAL", raised(net.process.kill, net.process.pid, "SIGUSR1").code)
  end)
end)
