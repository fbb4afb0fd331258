--- What ends by itself or is only emitted: `readable:wrap`, `readable:iterator`, and variables with `<close>`.

local EventEmitter = require("uvnet.events")
local errors = require("uvnet.errors")
local net = require("uvnet")
local raised = require("spec.support.raised")
local testing = require("uvnet.testing")

local stream, timers = net.stream, net.timers
local Readable, Writable = stream.Readable, stream.Writable

local function nothing() end

-- An emitter that counts what it is told.
local function new_source()
  local source = EventEmitter()
  source.paused, source.resumed = 0, 0
  function source:pause() self.paused = self.paused + 1 end
  function source:resume() self.resumed = self.resumed + 1 end
  return source
end

describe("readable:wrap", function()
  testing.leakCheck(before_each, after_each)

  it("reads what is emitted, up to the end, and closes", function()
    local source = EventEmitter()
    local readable = Readable()
    assert.equal(readable, readable:wrap(source))
    local chunks, closed = {}, false
    readable:on("data", function(chunk) chunks[#chunks + 1] = chunk end)
    readable:on("close", function() closed = true end)
    source:emit("data", "one")
    source:emit("data", "two")
    source:emit("end")
    source:emit("data", "too late")
    testing.run(function() return closed end)
    assert.same({ "one", "two" }, chunks)
    assert.is_true(readable.readableEnded)
  end)

  it("pauses the source above the mark, and resumes it when there is room", function()
    local source = new_source()
    local readable = Readable({ highWaterMark = 4 }):wrap(source)
    source:emit("data", "abc")
    assert.equal(0, source.paused)
    source:emit("data", "def")
    assert.equal(1, source.paused)
    assert.equal(0, source.resumed)
    while readable:read() do end
    testing.run(function() return source.resumed > 0 end)
    assert.same({ 1, 1 }, { source.paused, source.resumed })
    readable:destroy()
    source:emit("data", "ignored")
  end)

  it("hands on its errors, and is destroyed with it", function()
    local err = errors("bad")
    local source = EventEmitter()
    local readable = Readable():wrap(source)
    local got
    readable:on("error", function(what) got = what end)
    source:emit("error", err)
    testing.run(function() return got end)
    assert.equal(err, got)
    for _, event in ipairs({ "close", "destroy" }) do
      source = EventEmitter()
      readable = Readable():wrap(source)
      source:emit(event)
      assert.is_true(readable.destroyed)
    end
    for _, wrong in ipairs({ 1, "x", {} }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(readable.wrap, readable, wrong).code)
    end
  end)

  it("has the source's own functions, where it has none of that name", function()
    local source = new_source()
    function source:double(x) return self == source and 2 * x end
    local readable = Readable():wrap(source)
    assert.equal(14, readable:double(7))
    readable:pause()
    assert.equal(0, source.paused)
    readable:destroy()
  end)

  it("of the class makes a Readable, of any values unless told, that destroys its source", function()
    local source = stream.Stream()
    local destroyed
    function source:destroy(err) destroyed = { self, err } end
    local readable = Readable.wrap(source)
    assert.is_true(readable.readableObjectMode)
    source:emit("data", { 1 })
    assert.same({ 1 }, readable:read())
    local err = errors("why")
    readable:on("error", nothing):destroy(err)
    testing.wait(readable, "close")
    assert.equal(source, destroyed[1])
    assert.equal(err, destroyed[2])
    source.objectMode = false
    assert.is_false(Readable.wrap(source).readableObjectMode)
    assert.is_true(Readable.wrap(source, { objectMode = true }).readableObjectMode)
  end)
end)

describe("readable:iterator", function()
  it("gives what chunks() gives, and destroys a stream that is left", function()
    local readable = Readable.from({ 1, 2, 3 })
    local got = {}
    for value in readable:iterator() do
      got[#got + 1] = value
    end
    assert.same({ 1, 2, 3 }, got)
    for _, keep in ipairs({ false, true }) do
      readable = Readable.from({ 1, 2, 3 })
      local iterator = readable:iterator({ destroyOnReturn = not keep })
      assert.equal(1, iterator())
      iterator:close()
      assert.equal(not keep, readable.destroyed)
      if keep then assert.equal(2, readable:iterator()()) end
    end
  end)

  it("checks its options", function()
    local readable = Readable.from({ 1 })
    for _, wrong in ipairs({ 1, "x", { destroyOnReturn = 1 }, { destroyOnReturn = "" } }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(readable.iterator, readable, wrong).code)
    end
  end)
end)

describe("a <close> variable", function()
  local function closes(value)
    -- What Lua 5.4 does at the block's end.
    getmetatable(value).__close(value)
  end

  it("clears a timer, an interval, an immediate", function()
    for _, set in ipairs({ timers.setTimeout, timers.setInterval, timers.setImmediate }) do
      closes(set(function() error("it is cleared") end, 1))
    end
    assert.is_false(net.run())
  end)

  it("destroys a stream, with an AbortError if it was not over, that nobody has to listen for", function()
    local made = {
      Readable({ read = nothing }),
      Writable({ write = nothing }),
      stream.Duplex({ read = nothing, write = nothing }),
      stream.PassThrough(),
    }
    for _, one in ipairs(made) do
      local got
      closes(one)
      one:on("error", function(err) got = err end)
      assert.is_true(one.destroyed)
      testing.wait(one, "close")
      assert.equal("ABORT_ERR", got.code)
      assert.equal(got, one.errored)
      closes(one) -- and once more
    end
    local over = { Readable({ read = nothing, autoDestroy = false }), Writable({ autoDestroy = false }) }
    over[1]:push(nil)
    testing.wait(over[1]:resume(), "end")
    over[2]:finish()
    testing.wait(over[2], "finish")
    for _, one in ipairs(over) do
      closes(one)
      testing.wait(one, "close")
      assert.is_nil(one.errored)
    end
  end)
end)
