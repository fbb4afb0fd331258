--- The end of a Lua state: by whatever it comes and whatever is under way, it is quiet and the exit status is right.

local child = require("spec.support.child")
local testing = require("uvnet.testing")

describe("the end of the state", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  local function run_script(...)
    local path, unix_path = os.tmpname(), testing.tmpPath()
    local file = assert(io.open(path, "w"))
    local function quoted(suffix) return ("%q"):format(unix_path .. suffix) end
    file:write((table.concat({ ... }, "\n"):gsub('"UNIX_PATH(.-)"', quoted)))
    file:close()
    local output, status, errors = child.run(child.lua(path))
    os.remove(path)
    os.remove(unix_path)
    return output, status, errors
  end

  local PREAMBLE = [[
    local net = require("net")
    local timers = net.timers
    local function nothing() end
    local accepted
    local server = net.createServer({ pauseOnConnect = true }, function(socket)
      accepted = socket
      net.stop()
    end):listen("UNIX_PATH")
    local client = net.connect("UNIX_PATH")
    local function connected()
      repeat net.run() until accepted and not client.connecting
    end
  ]]

  -- What may be under way when the state ends, one thing at a time.
  local states = {
    ["a connection not yet begun"] = "",
    ["a connection on its way"] = [[
      net.connect(1, "127.0.0.1"):on("error", nothing)
      net.run("nowait")
      net.connect(1, "127.0.0.1")
    ]],
    ["lookups"] = [[
      for _ = 1, 9 do net.connect(1, "localhost") end
      net.dns.lookup("localhost", nothing)
    ]],
    ["writes that are queued"] = [[
      connected()
      client:write(("x"):rep(8e6), nothing)
      client:write("more", nothing)
      client:cork()
      client:write("even more", nothing)
      client:finish(nothing)
      net.run("nowait")
    ]],
    ["a reader that is paused, with data"] = [[
      connected()
      client:write(("x"):rep(1e5))
      accepted:resume()
      net.run("once")
      accepted:pause()
    ]],
    ["what was destroyed and is not closed"] = [[
      connected()
      client:write(("x"):rep(8e6), nothing)
      client:destroy(net.errors("unheard")):on("error", nothing)
      accepted:destroy()
      server:close(nothing)
    ]],
    ["a pipe"] = [[
      connected()
      accepted:pipe(accepted)
      client:write(("x"):rep(1e6))
      for _ = 1, 5 do net.run("nowait") end
    ]],
    ["timers, ticks and immediates"] = [[
      local function again() timers.nextTick(nothing) timers.setImmediate(again) end
      again()
      timers.setInterval(nothing, 1)
      timers.setTimeout(nothing, 1e6)
      net.run("nowait")
    ]],
    ["errors that run has not raised"] = [[
      timers.nextTick(error, "one")
      timers.nextTick(error, "two")
      pcall(net.run)
    ]],
    ["a loop that runs, in a coroutine that is dead"] = [[
      timers.nextTick(error, "one")
      coroutine.resume(coroutine.create(net.run))
      collectgarbage()
    ]],
  }
  -- What ends it: the exit status, and what standard error is to say.
  local endings = {
    ["the end of the script"] = { "", 0 },
    ["os.exit"] = { "os.exit(3)", 3 },
    ["os.exit that closes the state"] = { "os.exit(4, true)", 4 },
    ["os.exit within a callback"] = { "timers.setImmediate(os.exit, 5) repeat pcall(net.run) until false", 5 },
    ["os.exit within a callback, that closes the state"] = {
      "timers.setImmediate(os.exit, 6, true) repeat pcall(net.run) until false", 6,
    },
    ["os.exit within a tick of a coroutine's loop"] = {
      "timers.nextTick(os.exit, 7, true) repeat coroutine.wrap(function() pcall(net.run) end)() until false", 7,
    },
    ["an error at the top"] = { "error('boom')", 1, "boom" },
    ["an error in a coroutine"] = { "coroutine.wrap(function() error('boom') end)()", 1, "boom" },
    ["an error in a callback"] = { "timers.nextTick(error, 'boom') repeat net.run('once') until false", 1, "" },
  }
  for ending, how in pairs(endings) do
    it("by " .. ending .. " is quiet, whatever is under way", function()
      for state, code in pairs(states) do
        local output, status, errors = run_script(PREAMBLE, code, how[1])
        local what = state .. ": " .. errors
        assert.equal("", output, what)
        assert.equal(how[2], status, what)
        if how[3] then
          assert.truthy(errors:find(how[3], 1, true), what)
        else
          assert.equal("", errors, what)
        end
      end
    end)
  end

  it("calls users' finalizers in any order, which may use what is closed", function()
    local output, status, errors = run_script([[
      local finalize = newproxy and function(fn)
        local proxy = newproxy(true)
        getmetatable(proxy).__gc = fn
        return proxy
      end or function(fn) return setmetatable({}, { __gc = fn }) end
      local use, count = nil, 0
      local function finalizer()
        count = count + 1
        local ok, err = pcall(use)
        io.write(ok and "." or tostring(err))
      end
      _G.first = finalize(finalizer)
    ]], PREAMBLE, [[
      local core = require("uvnet.core")
      local raw = core.tcp()
      local timeout = timers.setTimeout(nothing, 1000)
      connected()
      client:write(("x"):rep(8e6))
      local client = client
      function use()
        client:on("data", nothing):on("close", nothing)
        client:write("x", nothing)
        accepted:write({ "a", "b" })
        client:pause():resume()
        client:setTimeout(10):setNoDelay():setKeepAlive(true):ref():unref()
        accepted:pipe(client)
        accepted:read()
        local _ = client.bytesRead + client.bytesWritten, client.readyState, client:address(), server:address()
        accepted:finish("x")
        pcall(accepted.resetAndDestroy, accepted)
        client:destroy()
        timeout:refresh()
        timers.setTimeout(nothing, 1)
        timers.setImmediate(nothing)
        timers.nextTick(nothing)
        net.stop()
        net.dns.lookup("localhost", nothing)
        pcall(net.run, "nowait")
        pcall(net.connect, "UNIX_PATH")
        pcall(net.connect, 1, "127.0.0.1")
        pcall(function() net.createServer():listen(0) end)
        pcall(function() net.createServer():listen("UNIX_PATH.2") end)
        raw:close()
        core.tcp()
        core.pipe()
        tostring(raw)
        core.open_objects()
        server:close(nothing)
        if _VERSION ~= "Lua 5.3" then collectgarbage() end -- there it never returns from a finalizer
      end
      _G.last = finalize(finalizer)
      client.finalizer = finalize(finalizer)
    ]])
    assert.equal("", errors)
    assert.truthy(output:find("^%.%.%.+$"), output)
    assert.equal(0, status)
  end)

  it("comes also after the module was loaded under two names, forgotten, and loaded anew", function()
    local output, status, errors = run_script([[
      local net = require("net")
      assert(require("uvnet") == net)
      local port
      local server = net.createServer(function(socket) socket:finish("first") end):listen(0)
      net.connect(server:address().port):on("data", io.write)
      for name in pairs(package.loaded) do
        if name == "net" or name:find("^uvnet") then package.loaded[name] = nil end
      end
      local again = require("net")
      assert(again == net)
      local other = again.createServer(function(socket)
        socket.server:close()
        socket:finish(" second")
      end):listen(0)
      again.connect(other:address().port):on("data", io.write):on("close", again.stop)
      again.setImmediate = again.timers.setImmediate(function() io.write("") end)
      again.run()
      net = nil
      collectgarbage()
      collectgarbage()
    ]])
    assert.equal("", errors)
    assert.truthy(output:find("second", 1, true), output)
    assert.equal(0, status)
  end)

  it("finds a hook that counts, while the loop runs, and metatables that were changed", function()
    local output, status, errors = run_script(PREAMBLE, [[
      connected()
      local hooked, got = 0, 0
      debug.sethook(function() hooked = hooked + 1 collectgarbage("step") end, "", 10)
      accepted:on("data", function(data) got = got + #data end):resume()
      client:write(("x"):rep(1e5))
      client:finish()
      client:on("close", function() server:close() end)
      net.run()
      debug.sethook()
      assert(hooked > 100)
      local lone = net.connect("/nowhere")
      setmetatable(lone, nil)
      print(got, (pcall(net.run)))
      debug.setmetatable(1, { __index = error })
      debug.setmetatable(nothing, { __call = 1 })
      timers.setTimeout(nothing, 1)
      net.run()
    ]])
    assert.equal("", errors)
    assert.equal("100000\tfalse\n", output)
    assert.equal(0, status)
  end)
end)
