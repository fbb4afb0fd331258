local errors = require("uvnet.errors")
local source_of = require("spec.support.chunks")
local stream = require("uvnet.stream")
local ticks = require("uvnet.runtime.ticks")

local Readable, Writable, PassThrough = stream.Readable, stream.Writable, stream.PassThrough
local drain, nextTick = ticks.drain, ticks.nextTick

local function quiet() end

-- A Writable which keeps what it gets in `got`; with `held`, each `continue` lets it have one more.
local function sink(options, held)
  options = options or {}
  options.write = options.write
    or function(self, chunk, _, callback)
      self.got[#self.got + 1] = chunk
      if held then
        self.continue = callback
      else
        nextTick(callback)
      end
    end
  local writable = Writable(options)
  writable.got = {}
  return writable
end

local function events_of(object, log, ...)
  for _, event in ipairs({ ... }) do
    object:on(event, function() log[#log + 1] = event end)
  end
  return log
end

describe("the pipe of a Stream that only emits", function()
  local function legacy()
    local source, dest = stream.Stream(), stream.Stream()
    local log = {}
    dest.writable = true
    function dest.write(_, chunk) log[#log + 1] = chunk end
    function dest.finish() log[#log + 1] = "finish" end
    function dest.destroy() log[#log + 1] = "destroy" end
    assert.equal(dest, source:pipe(dest))
    return source, dest, log
  end

  it("writes what is emitted, ends at the end, and leaves no listener behind", function()
    local source, dest, log = legacy()
    source:emit("data", "a")
    source:emit("end")
    source:emit("data", "b")
    assert.same({ "a", "finish" }, log)
    assert.same({}, source:eventNames())
    assert.same({}, dest:eventNames())
  end)

  it("destroys the destination when the source closes early", function()
    local source, _, log = legacy()
    source:emit("close")
    assert.same({ "destroy" }, log)
  end)

  it("hides no error that nobody listens for", function()
    for _, which in ipairs({ 1, 2 }) do
      local streams = { legacy() }
      local ok, err = pcall(streams[which].emit, streams[which], "error", errors("bad"))
      assert.is_false(ok)
      assert.equal("bad", err.message)
      streams = { legacy() }
      streams[which]:on("error", quiet)
      streams[which]:emit("error", errors("bad"))
    end
  end)

  it("pauses and resumes a source that can", function()
    local source, dest, log = legacy()
    function dest.write() return false end
    function source.pause() log[#log + 1] = "pause" end
    function source.resume() log[#log + 1] = "resume" end
    source.readable = true
    source:emit("data", "a")
    dest:emit("drain")
    assert.same({ "pause", "resume" }, log)
  end)
end)

describe("pipe", function()
  it("sends all and ends the destination", function()
    local source, dest = source_of("a", "b", "c"), sink()
    local log = events_of(dest, {}, "pipe", "finish", "unpipe", "close")
    assert.equal(dest, source:pipe(dest))
    drain()
    assert.same({ "a", "b", "c" }, dest.got)
    assert.same({ "pipe", "finish", "unpipe", "close" }, log)
    assert.is_true(source.destroyed)
  end)

  it("leaves the destination open if it is told to", function()
    local source, dest = source_of("a"), sink()
    source:pipe(dest, { ["end"] = false })
    drain()
    assert.same({ "a" }, dest.got)
    assert.is_true(dest.writable)
    assert.equal(0, dest:listenerCount("drain") + dest:listenerCount("unpipe") + dest:listenerCount("error"))
  end)

  it("ends the destination of a source that has ended", function()
    local source, dest = source_of(), sink()
    source:resume()
    drain()
    source:pipe(dest)
    drain()
    assert.is_true(dest.writableFinished)
  end)

  it("waits for drain", function()
    local source, dest = Readable({ read = quiet }), sink({ highWaterMark = 2 }, true)
    source:pipe(dest)
    drain()
    source:push("ab")
    assert.is_false(source.readableFlowing)
    source:push("cd")
    drain()
    assert.same({ "ab" }, dest.got)
    dest.continue()
    drain()
    assert.same({ "ab", "cd" }, dest.got)
    dest.continue()
    drain()
    assert.is_true(source.readableFlowing)
  end)

  it("waits for the slowest of many", function()
    local source = Readable({ read = quiet })
    local slow, slower = sink({ highWaterMark = 1 }, true), sink({ highWaterMark = 1 }, true)
    local fast = sink()
    source:pipe(fast)
    source:pipe(slow)
    source:pipe(slower)
    source:push("1")
    source:push("2")
    drain()
    slow.continue()
    drain()
    assert.same({ "1" }, fast.got)
    slower.continue()
    drain()
    assert.same({ "1", "2" }, fast.got)
    assert.same({ "1", "2" }, slow.got)
    assert.same({ "1", "2" }, slower.got)
  end)

  it("waits for a destination that was full before", function()
    local source, dest = source_of("b"), sink({ highWaterMark = 1 }, true)
    dest:write("a")
    source:pipe(dest)
    drain()
    assert.same({ "a" }, dest.got)
    dest.continue()
    drain()
    assert.same({ "a", "b" }, dest.got)
  end)

  it("stops when the destination fails, and leaves the source alone", function()
    local source = Readable({ read = quiet })
    local dest = sink({ write = function(_, _, _, callback) callback(errors("full")) end })
    local got
    dest:on("error", function(err) got = err.message end)
    source:pipe(dest)
    drain()
    source:push("a")
    drain()
    assert.equal("full", got)
    assert.is_false(source.destroyed)
    assert.is_false(source.readableFlowing)
    assert.equal(0, source:listenerCount("data"))
  end)

  it("does not hide an error that nobody listens for", function()
    local source, dest = Readable({ read = quiet }), sink()
    source:pipe(dest)
    dest:destroy(errors("unheard"))
    local ok, err = pcall(drain)
    assert.is_false(ok)
    assert.equal("unheard", err.message)
    drain()
    assert.is_true(dest.closed)
  end)

  it("destroys a destination whose write raises, with what it raised", function()
    local source, log = Readable({ read = quiet }), {}
    local dest = Writable({ write = function() error("bad", 0) end })
    dest:on("error", function(err) log[#log + 1] = err.message end)
    dest:on("close", function() log[#log + 1] = "close" end)
    source:pipe(dest)
    source:push("a")
    drain()
    assert.same({ "bad", "close" }, log)
    assert.is_false(source.destroyed)
    assert.is_false(source.readableFlowing)
  end)

  it("does not wait for a destination that failed while it was written to", function()
    local source, good = source_of("a", "b", "c"), sink()
    local bad = Writable({
      highWaterMark = 1,
      write = function(_, _, _, callback) callback(errors("bad")) end,
    })
    bad:on("error", quiet)
    source:pipe(bad)
    source:pipe(good)
    drain()
    assert.equal("abc", table.concat(good.got))
  end)

  it("raises for what is no stream at all", function()
    for _, wrong in ipairs({ {}, "x", 5 }) do
      local ok, err = pcall(source_of("a").pipe, source_of("a"), wrong)
      assert.is_false(ok)
      assert.equal("ERR_INVALID_ARG_TYPE", err.code)
    end
  end)

  it("stops when the destination is closed", function()
    local source, dest = Readable({ read = quiet }), sink()
    source:pipe(dest)
    drain()
    dest:destroy()
    drain()
    assert.equal(0, source:listenerCount("data"))
    source:push("kept")
    drain()
    assert.equal(4, source.readableLength)
  end)

  it("goes through many", function()
    local source, dest = source_of("a", "b"), sink()
    source:pipe(PassThrough()):pipe(PassThrough({ highWaterMark = 1 })):pipe(dest)
    drain()
    assert.equal("ab", table.concat(dest.got))
    assert.is_true(dest.closed)
  end)

  it("moves much more than fits", function()
    local count = 0
    local source = Readable({
      highWaterMark = 64,
      read = function(self)
        count = count + 1
        self:push(count <= 1000 and ("%08d"):format(count) or nil)
      end,
    })
    local most = 0
    local dest = sink({
      highWaterMark = 32,
      write = function(self, chunk, _, callback)
        most = math.max(most, self.writableLength)
        self.got[#self.got + 1] = chunk
        nextTick(callback)
      end,
    })
    source:pipe(dest)
    drain()
    assert.equal(8000, #table.concat(dest.got))
    assert.is_true(most <= 40)
    assert.is_true(dest.closed)
  end)
end)

describe("unpipe", function()
  it("takes one destination off", function()
    local source, one, two = Readable({ read = quiet }), sink(), sink()
    source:pipe(one)
    source:pipe(two)
    drain()
    local log = events_of(one, {}, "unpipe")
    assert.equal(source, source:unpipe(one))
    source:push("x")
    drain()
    assert.same({ "unpipe" }, log)
    assert.same({}, one.got)
    assert.same({ "x" }, two.got)
    source:unpipe(one)
    assert.same({ "unpipe" }, log)
  end)

  it("takes all off, and pauses the source", function()
    local source, one, two = Readable({ read = quiet }), sink(), sink()
    source:pipe(one)
    source:pipe(two)
    drain()
    source:unpipe()
    source:push("x")
    drain()
    assert.same({}, one.got)
    assert.same({}, two.got)
    assert.is_true(source:isPaused())
    assert.equal(0, source:listenerCount("data"))
    assert.equal(0, one:listenerCount("close") + two:listenerCount("finish"))
  end)

  it("refuses what is no stream, and options that are none, before anything is changed", function()
    local source, dest = Readable({ read = quiet }), sink()
    local function code_of(...)
      local ok, err = pcall(source.pipe, source, ...)
      return not ok and err.code
    end
    for _, wrong in ipairs({ 5, "x", {}, { on = "x", emit = "x" }, PassThrough }) do
      assert.equal("ERR_INVALID_ARG_TYPE", code_of(wrong))
    end
    for _, wrong in ipairs({ 5, "end", true, quiet }) do
      assert.equal("ERR_INVALID_ARG_TYPE", code_of(dest, wrong))
    end
    assert.equal(0, source:listenerCount("data"))
    source:push("x")
    source:pipe(dest)
    drain()
    assert.same({ "x" }, dest.got)
  end)

  it("works inside of a data listener", function()
    local source, dest = Readable({ read = quiet }), sink()
    source:push("a")
    source:push("b")
    source:pipe(dest)
    source:once("data", function() source:unpipe(dest) end)
    drain()
    assert.same({ "a" }, dest.got)
    assert.equal(1, source.readableLength)
    source:pipe(dest)
    drain()
    assert.same({ "a", "b" }, dest.got)
  end)

  it("sets the source free that waits for the one taken off", function()
    local source, full, other = Readable({ read = quiet }), sink({ highWaterMark = 1 }, true), sink()
    source:pipe(full)
    source:pipe(other)
    source:push("1")
    source:push("2")
    drain()
    assert.same({ "1" }, other.got)
    source:unpipe(full)
    drain()
    assert.same({ "1", "2" }, other.got)
  end)
end)
