--- The tasks of docs/coroutines.md: its block task.lua is what is tested here.

local blocks = require("spec.support.blocks")
local net = require("net")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local PATIENCE = 30000 -- ms: under valgrind all takes twenty times as long

local task = blocks.load("docs/coroutines.md", "task.lua")

describe("a task of docs/coroutines.md", function()
  testing.leakCheck(before_each, after_each)

  -- Runs fn as a task to its end.
  local function as_task(fn)
    local ended, failure = false, nil
    task.start(fn, function(err) ended, failure = true, err end)
    testing.run(function() return ended end, PATIENCE)
    if failure then error(failure, 0) end
  end

  it("waits, while others go on", function()
    local seen = {}
    task.start(function()
      task.sleep(5)
      seen[#seen + 1] = "other"
    end)
    as_task(function()
      task.sleep(30)
      seen[#seen + 1] = "own"
    end)
    assert.same({ "other", "own" }, seen)
  end)

  it("takes the first of several wakings, at once or later, with all its arguments", function()
    as_task(function()
      local function pack(...) return { n = select("#", ...), ... } end
      assert.same({ n = 3, nil, 2, nil }, pack(task.await(function(wake)
        wake(nil, 2, nil)
        wake("second")
      end)))
      task.sleep(1)
    end)
  end)

  it("raises in net.run(), with a traceback of its own, one after the other", function()
    local function fail_soon()
      task.sleep(1)
      error("boom")
    end
    local err = net.errors("kept")
    task.start(fail_soon)
    task.start(fail_soon)
    task.start(function()
      task.sleep(1)
      error(err, 0)
    end)
    for _ = 1, 2 do
      local ok, message = pcall(testing.run)
      assert.is_false(ok)
      assert.truthy(message:find("coroutines_spec.lua:%d+: boom\nstack traceback:.*coroutines_spec.lua"))
    end
    assert.equal(err, select(2, pcall(testing.run)))
    testing.run()
  end)

  it("is needed for waiting", function()
    local ok, message = pcall(task.sleep, 1)
    assert.is_false(ok)
    assert.truthy(message:find("only a task can wait", 1, true))
  end)

  it("reads lines however they come, and their end", function()
    local client, peer = testing.pair()
    local lines = {}
    client:setNoDelay()
    for piece in ("one\r\ntwo\n\nfour"):gmatch(".") do
      client:write(piece)
    end
    client:finish()
    client:resume()
    as_task(function()
      local connection = task.wrap(peer)
      local line = connection:line()
      while line do
        lines[#lines + 1] = line
        line = connection:line()
      end
    end)
    assert.same({ "one", "two", "" }, lines)
  end)

  it("gets an error for a line that is too long, complete or not", function()
    for _, text in ipairs({ ("x"):rep(5000), ("x"):rep(5000) .. "\n" }) do
      local client, peer = testing.pair()
      client:on("error", function() end):resume()
      client:write("first\n" .. text)
      as_task(function()
        local connection = task.wrap(peer)
        assert.equal("first", connection:line())
        local line, err = connection:line()
        assert.is_nil(line)
        assert.equal("line too long", err.message)
      end)
      testing.wait(client, "close")
    end
  end)

  it("gets the error of a connection that breaks, or cannot be made", function()
    local client, peer = testing.pair()
    local line, err, written, write_err
    as_task(function()
      local connection = task.wrap(peer)
      timers.setTimeout(function() client:resetAndDestroy() end, 5)
      line, err = connection:line()
      task.sleep(5)
      written, write_err = connection:write("x")
    end)
    assert.is_nil(line)
    assert.equal("ECONNRESET", err.code)
    assert.is_nil(written)
    assert.equal(err, write_err)
    as_task(function()
      local connection
      connection, err = task.connect(testing.tmpPath())
      assert.is_nil(connection)
      assert.equal("ENOENT", err.code)
    end)
  end)

  it("holds back a peer whose lines it does not read yet", function()
    local client, peer = testing.pair()
    client:resume()
    local count, sent = 0, 0
    local function fill()
      while sent < 10000 do
        sent = sent + 1
        if not client:write(("x"):rep(999) .. "\n") then return client:once("drain", fill) end
      end
      client:finish()
    end
    fill()
    as_task(function()
      local connection = task.wrap(peer)
      connection:line()
      task.sleep(100)
      assert.is_true(#connection.data <= 4096 + 65536)
      assert.is_true(peer:isPaused())
      count = 1
      while connection:line() do
        count = count + 1
      end
    end)
    assert.equal(10000, count)
  end)

  it("is held back by a peer who does not read yet", function()
    local client, peer = testing.pair()
    client:pause()
    local most, written, length = 0, 0, 0
    timers.setTimeout(function()
      client:on("data", function(data) length = length + #data end)
      client:resume()
    end, 100)
    as_task(function()
      local connection = task.wrap(peer)
      for _ = 1, 500 do
        assert.is_true(connection:write(("x"):rep(30000)))
        written = written + 30000
        most = math.max(most, peer.writableLength)
      end
      peer:finish()
    end)
    assert.is_true(most < 50000)
    testing.wait(client, "close")
    assert.equal(written, length)
  end)

  it("can read in one task and write in another, but not read in two", function()
    local client, peer = testing.pair()
    local connection, message = task.wrap(peer), nil
    task.start(function() connection:line() end)
    task.start(function() connection:line() end, function(err) message = err end)
    assert.truthy(tostring(message):find("another task is the reader of this connection", 1, true))
    as_task(function() assert.is_true(connection:write("x")) end)
    assert.equal("x", testing.wait(client, "data"))
    client:finish()
    testing.wait(client, "close")
  end)

  it("goes on when the connection has broken while it waited to write", function()
    local client, peer = testing.pair()
    client:pause()
    timers.setTimeout(function() client:destroy() end, 20)
    as_task(function()
      local connection = task.wrap(peer)
      local ok, count = true, 0
      while ok and count < 1000 do
        ok, count = connection:write(("x"):rep(65536)), count + 1
      end
      assert.is_nil(ok)
      assert.is_true(peer.destroyed)
    end)
  end)
end)
