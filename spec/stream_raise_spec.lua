--- A callback of the user's raises: the error comes out of the call or of the tick that ran it, and the stream goes on
-- as if the callback had returned.

local errors = require("uvnet.errors")
local stream = require("uvnet.stream")
local ticks = require("uvnet.runtime.ticks")

local Readable, Writable, Duplex, PassThrough = stream.Readable, stream.Writable, stream.Duplex, stream.PassThrough
local nextTick = ticks.nextTick

local function quiet() end
local function bad() error(errors("raised"), 0) end

-- Runs the ticks to their end. Returns how many times something raised.
local function drain()
  local count = 0
  while true do
    local ok, err = pcall(ticks.drain)
    if ok then return count end
    assert.equal("raised", err.message)
    count = count + 1
  end
end

local function once_bad(callback)
  local is_first = true
  return function(...)
    if is_first then
      is_first = false
      if callback then callback(...) end
      bad()
    elseif callback then
      callback(...)
    end
  end
end

describe("a callback that raises:", function()
  it("data, as the chunk comes", function()
    local readable, got = Readable({ read = quiet }), {}
    readable:on("data", once_bad(function(chunk) got[#got + 1] = chunk end))
    drain()
    assert.is_false((pcall(readable.push, readable, "a")))
    assert.is_true(readable:push("b"))
    readable:push(nil)
    assert.equal(0, drain())
    assert.same({ "a", "b" }, got)
    assert.is_true(readable.destroyed)
  end)

  it("data, in the midst of what is buffered", function()
    local readable, got = Readable({ read = quiet }), {}
    for _, chunk in ipairs({ "a", "b", "c" }) do
      readable:push(chunk)
    end
    readable:on("data", function(chunk)
      got[#got + 1] = chunk
      if chunk < "c" then bad() end
    end)
    assert.equal(2, drain())
    assert.same({ "a", "b", "c" }, got)
    readable:push("d")
    assert.equal("d", got[4])
    assert.equal(0, drain())
  end)

  it("data, of a stream that is read on demand", function()
    local count, got = 0, {}
    local readable = Readable({
      highWaterMark = 2,
      read = function(self)
        count = count + 1
        local chunk = count <= 5 and tostring(count) or nil
        nextTick(function() self:push(chunk) end)
      end,
    })
    local ended = false
    readable:on("end", function() ended = true end)
    readable:on("data", function(chunk)
      got[#got + 1] = chunk
      bad()
    end)
    assert.equal(5, drain())
    assert.equal("12345", table.concat(got))
    assert.is_true(ended)
  end)

  it("readable", function()
    local readable, got = Readable({ read = quiet }), {}
    readable:on("readable", once_bad(function() got[#got + 1] = readable:read() end))
    readable:push("a")
    assert.equal(1, drain())
    readable:push("b")
    drain()
    assert.same({ "a", "b" }, got)
  end)

  it("resume", function()
    local readable, got = Readable({ read = quiet }), {}
    readable:push("a")
    readable:on("resume", bad)
    readable:on("data", function(chunk) got[#got + 1] = chunk end)
    assert.equal(1, drain())
    assert.same({ "a" }, got)
  end)

  it("end: the stream closes all the same", function()
    local readable, closed = Readable({ read = quiet }), false
    readable:on("end", bad)
    readable:on("close", function() closed = true end)
    readable:resume()
    readable:push(nil)
    assert.equal(1, drain())
    assert.is_true(closed)
  end)

  it("end: the other side is finished all the same", function()
    local duplex = Duplex({
      allowHalfOpen = false,
      read = quiet,
      write = function(_, _, _, callback) callback() end,
    })
    duplex:on("end", bad)
    duplex:resume()
    duplex:push(nil)
    assert.equal(1, drain())
    assert.is_true(duplex.writableFinished)
    assert.is_true(duplex.closed)
  end)

  it("finish", function()
    local writable, closed = Writable({ write = quiet }), false
    writable:on("finish", bad)
    writable:on("close", function() closed = true end)
    writable:finish()
    assert.equal(1, drain())
    assert.is_true(closed)
  end)

  it("one of those given to finish", function()
    local writable, log = Writable({ write = quiet }), {}
    writable:on("finish", function() log[#log + 1] = "finish" end)
    writable:on("close", function() log[#log + 1] = "close" end)
    writable:finish(bad)
    writable:finish(function() log[#log + 1] = "callback" end)
    assert.equal(1, drain())
    assert.same({ "callback", "finish", "close" }, log)
  end)

  it("prefinish", function()
    for _, final in ipairs({ false, function(_, callback) nextTick(callback) end }) do
      local writable = Writable({ write = quiet, final = final or nil })
      writable:on("prefinish", bad)
      local ok = pcall(writable.finish, writable)
      assert.equal(ok and 1 or 0, drain())
      assert.is_true(writable.writableFinished)
      assert.is_true(writable.closed)
    end
  end)

  it("one given to write, of a write that succeeds at once", function()
    local writable, log = Writable({ write = function(_, _, _, callback) callback() end }), {}
    local function same() log[#log + 1] = "same" end
    writable:write("a", bad)
    writable:write("b", once_bad(same))
    writable:write("c", same)
    writable:write("d", same)
    writable:finish(function() log[#log + 1] = "end" end)
    assert.equal(2, drain())
    assert.same({ "same", "same", "same", "end" }, log)
    assert.is_true(writable.closed)
  end)

  it("the same one, given to many", function()
    local writable, calls = Writable({ write = function(_, _, _, callback) callback() end }), 0
    local function count()
      calls = calls + 1
      if calls < 3 then bad() end
    end
    for _ = 1, 5 do
      writable:write("x", count)
    end
    writable:finish()
    assert.equal(2, drain())
    assert.equal(5, calls)
    assert.is_true(writable.writableFinished)
  end)

  it("one given to write, of a write that takes its time", function()
    local writable = Writable({ write = function(_, _, _, callback) nextTick(callback) end })
    writable:write("a", bad)
    writable:finish("b")
    assert.equal(1, drain())
    assert.is_true(writable.writableFinished)
  end)

  it("one given to write, as the last before the end", function()
    local writable = Writable({ write = function(_, _, _, callback) nextTick(callback) end })
    writable:write("a", bad)
    writable:finish()
    assert.equal(1, drain())
    assert.is_true(writable.closed)
  end)

  it("some given to writes that went together", function()
    local called = {}
    local writable = Writable({ writev = function(_, _, callback) nextTick(callback) end })
    writable:cork()
    for i = 1, 5 do
      writable:write("x", function()
        called[#called + 1] = i
        if i % 2 == 0 then bad() end
      end)
    end
    writable:uncork()
    writable:finish()
    assert.equal(2, drain())
    assert.same({ 1, 2, 3, 4, 5 }, called)
    assert.is_true(writable.writableFinished)
  end)

  it("drain", function()
    local log = {}
    local writable = Writable({ highWaterMark = 1, write = function(_, _, _, callback) nextTick(callback) end })
    writable:on("drain", bad)
    writable:write("a", function() log[#log + 1] = "callback" end)
    assert.equal(1, drain())
    assert.same({ "callback" }, log)
    writable:finish("b")
    drain()
    assert.is_true(writable.writableFinished)
  end)

  it("one given to a write that fails", function()
    local log, continue = {}, nil
    local function note(what)
      return function(err) log[#log + 1] = what .. " " .. (err and err.message or "") end
    end
    local writable = Writable({ write = function(_, _, _, callback) continue = callback end })
    writable:on("error", note("error"))
    writable:on("close", note("close"))
    writable:write("a", bad)
    writable:write("b", bad)
    writable:write("c", note("c"))
    assert.is_false((pcall(continue, errors("failed"))))
    assert.equal(1, drain())
    assert.same({ "c failed", "error failed", "close " }, log)
  end)

  it("those who wait when the stream is destroyed", function()
    local calls = 0
    local writable = Writable({ write = quiet })
    writable:cork()
    for _ = 1, 3 do
      writable:write("x", function()
        calls = calls + 1
        bad()
      end)
    end
    writable:destroy()
    assert.equal(3, drain())
    assert.equal(3, calls)
    assert.is_true(writable.closed)
  end)

  it("error: close comes all the same", function()
    local readable, closed = Readable({ read = quiet }), 0
    readable:on("error", bad)
    readable:on("close", function() closed = closed + 1 end)
    readable:destroy(errors("why"))
    assert.equal(1, drain())
    assert.equal(1, closed)
  end)

  it("no listener for error at all", function()
    local closed = 0
    local writable = Writable({ write = quiet })
    writable:on("close", function() closed = closed + 1 end)
    writable:destroy(errors("raised"))
    assert.equal(1, drain())
    assert.equal(1, closed)
  end)

  it("data, of what a transform flushes", function()
    local log = {}
    local transform = stream.Transform({
      transform = function(_, _, _, callback) callback() end,
      flush = function(_, callback) nextTick(callback, nil, "rest") end,
    })
    transform:on("data", function(chunk)
      log[#log + 1] = chunk
      bad()
    end)
    transform:on("end", function() log[#log + 1] = "end" end)
    transform:finish("x")
    assert.equal(1, drain())
    assert.same({ "rest", "end" }, log)
    assert.is_true(transform.closed)
  end)

  it("data at the end of a pipe", function()
    local from, to, got = Readable({ read = quiet }), PassThrough(), {}
    from:pipe(to)
    to:on("data", function(chunk)
      got[#got + 1] = chunk
      bad()
    end)
    for _, chunk in ipairs({ "a", "b", "c" }) do
      nextTick(function() from:push(chunk) end)
    end
    nextTick(function() from:push(nil) end)
    -- A destination whose `write` raises is destroyed with the error, and nobody listens for that.
    assert.equal(1, drain())
    assert.same({ "a" }, got)
    assert.is_true(to.closed)
    assert.is_false(from.destroyed)
    -- What came before that error was told was written to it still.
    assert.equal("c", from:read())
  end)
end)
