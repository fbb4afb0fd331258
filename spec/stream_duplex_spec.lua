local errors = require("uvnet.errors")
local stream = require("uvnet.stream")
local ticks = require("uvnet.runtime.ticks")

local Duplex, Transform, PassThrough = stream.Duplex, stream.Transform, stream.PassThrough
local drain, nextTick = ticks.drain, ticks.nextTick

local function quiet() end

local function listen(object, log, events)
  for _, event in ipairs(events or { "data", "end", "prefinish", "finish", "error", "close", "drain" }) do
    object:on(event, function(value)
      if type(value) == "table" then value = value.code or value.message end
      log[#log + 1] = value == nil and event or event .. " " .. tostring(value)
    end)
  end
  return log
end

local function recorded(options, events)
  options = options or {}
  options.read = options.read or quiet
  options.write = options.write or function(_, _, _, callback) callback() end
  local duplex = Duplex(options)
  return duplex, listen(duplex, {}, events)
end

describe("Duplex", function()
  it("is a Readable and a Writable", function()
    local duplex = Duplex()
    assert.is_true(stream.Readable:isInstance(duplex))
    assert.is_true(stream.Writable:isInstance(duplex))
    assert.is_false(stream.Writable:isInstance(stream.Readable()))
    assert.is_true(stream.Duplex:isInstance(PassThrough()))
  end)

  it("keeps no state while untouched", function()
    local duplex = Duplex()
    duplex:on("close", quiet)
    assert.is_true(duplex.readable and duplex.writable and duplex.allowHalfOpen)
    assert.is_false(duplex.destroyed)
    assert.is_nil(rawget(duplex, "_rs"))
    assert.is_nil(rawget(duplex, "_ws"))
  end)

  it("has two marks", function()
    local duplex = Duplex({ readableHighWaterMark = 1, writableHighWaterMark = 2 })
    assert.equal(1, duplex.readableHighWaterMark)
    assert.equal(2, duplex.writableHighWaterMark)
    duplex = Duplex({ highWaterMark = 3, readableHighWaterMark = 1 })
    assert.equal(3, duplex.readableHighWaterMark)
    assert.equal(3, duplex.writableHighWaterMark)
    local ok, err = pcall(Duplex, { readableHighWaterMark = -1 })
    assert.is_false(ok)
    assert.is_truthy(err.message:find("options.readableHighWaterMark", 1, true))
  end)

  it("may have objects on one side only", function()
    local duplex = Duplex({ readableObjectMode = true })
    assert.is_true(duplex.readableObjectMode)
    assert.is_false(duplex.writableObjectMode)
    duplex = Duplex({ writableObjectMode = true })
    assert.is_false(duplex.readableObjectMode)
    assert.is_true(duplex.writableObjectMode)
  end)

  it("closes when both sides are over, the writable last", function()
    local duplex, log = recorded()
    duplex:push(nil)
    drain()
    assert.same({ "end" }, log)
    assert.is_true(duplex.writable)
    duplex:finish("x")
    drain()
    assert.same({ "end", "prefinish", "finish", "close" }, log)
  end)

  it("closes when both sides are over, the readable last", function()
    local duplex, log = recorded()
    duplex:finish()
    drain()
    assert.same({ "prefinish", "finish" }, log)
    duplex:push("x")
    duplex:push(nil)
    drain()
    assert.same({ "prefinish", "finish", "data x", "end", "close" }, log)
  end)

  it("ends the writable side with the readable side, if it is not to stay half open", function()
    local duplex, log = recorded({ allowHalfOpen = false })
    duplex:push(nil)
    drain()
    assert.same({ "end", "prefinish", "finish", "close" }, log)
    assert.is_true(duplex.writableFinished)
  end)

  it("may be half open or not by a class or an instance", function()
    local Closed = Duplex:extend("Closed")
    Closed.allowHalfOpen = false
    local finished = 0
    local closed = Closed({ read = quiet, write = quiet })
    local opened = Duplex({ read = quiet, write = quiet })
    opened.allowHalfOpen = false
    for _, duplex in ipairs({ closed, opened }) do
      duplex:on("finish", function() finished = finished + 1 end)
      duplex:resume()
      duplex:push(nil)
    end
    drain()
    assert.equal(2, finished)
  end)

  it("can lack the readable side", function()
    local duplex, log = recorded({ readable = false })
    assert.is_false(duplex.readable)
    duplex:finish("x")
    drain()
    assert.same({ "prefinish", "finish", "close" }, log)
  end)

  it("can lack the writable side", function()
    local duplex, log = recorded({ writable = false }, { "data", "end", "finish", "close", "error" })
    assert.is_false(duplex.writable)
    duplex:push("x")
    duplex:push(nil)
    drain()
    assert.same({ "data x", "end", "close" }, log)
  end)

  it("is destroyed on both sides", function()
    local duplex, log = recorded()
    duplex:destroy(errors("why"))
    assert.is_true(duplex.destroyed)
    assert.is_false(duplex.readable)
    assert.is_false(duplex.writable)
    assert.is_true(duplex.readableAborted)
    assert.is_true(duplex.writableAborted)
    drain()
    assert.same({ "error why", "close" }, log)
  end)

  it("fails on both sides when it cannot write", function()
    local duplex, log = recorded({ write = function(_, _, _, callback) nextTick(callback, errors("broken")) end })
    duplex:write("x")
    drain()
    assert.same({ "error broken", "close" }, log)
    duplex:push("y")
    drain()
    assert.same({ "error broken", "close" }, log)
    assert.equal("broken", duplex.errored.message)
  end)

  it("has the state of its sides set by storing it, as in Node", function()
    local duplex = stream.Duplex({ read = function() end, write = function(_, _, _, callback) callback() end })
    duplex.destroyed = true
    assert.same({ true, false, false }, { duplex.destroyed, duplex.readable, duplex.writable })
    duplex.destroyed = false
    assert.same({ false, true, true }, { duplex.destroyed, duplex.readable, duplex.writable })
    local written = {}
    local writable = stream.Writable({ write = function(_, chunk, _, callback)
      written[#written + 1] = chunk
      callback()
    end })
    writable.writable = false
    assert.is_false(writable.writable)
    assert.is_true(writable:write("x")) -- it merely says so
    writable.destroyed = true
    assert.is_false(writable:write("y"))
    assert.same({ "x" }, written)
    local readable = stream.Readable({ read = function() end })
    readable.readable = false
    assert.is_false(readable.readable)
    assert.is_true(readable:push("x"))
    readable.readable = "yes"
    assert.is_true(readable.readable)
    readable.readableFlowing = true
    assert.is_true(readable.readableFlowing)
    readable.destroyed = true
    assert.is_false(readable:push("y"))
    drain()
  end)

  it("constructs once for both sides", function()
    local calls = 0
    local duplex, log = recorded({
      construct = function(_, callback)
        calls = calls + 1
        nextTick(callback)
      end,
    })
    duplex:finish("x")
    duplex:push(nil)
    drain()
    assert.equal(1, calls)
    assert.equal("close", log[#log])
  end)

  it("runs methods that a class overrides", function()
    local called = {}
    local Loud = Duplex:extend("Loud")
    -- luacheck: ignore 212
    function Loud:initialize() Duplex.initialize(self, { allowHalfOpen = false }) end
    function Loud:_read() called[#called + 1] = "_read" end
    function Loud:_final(callback)
      called[#called + 1] = "_final"
      callback()
    end
    function Loud:_destroy(err, callback)
      called[#called + 1] = "_destroy"
      callback(err)
    end
    function Loud:resume()
      called[#called + 1] = "resume"
      return Duplex.resume(self)
    end
    function Loud:pause()
      called[#called + 1] = "pause"
      return Duplex.pause(self)
    end
    function Loud:finish(...)
      called[#called + 1] = "finish"
      return Duplex.finish(self, ...)
    end
    function Loud:destroy(...)
      called[#called + 1] = "destroy"
      return Duplex.destroy(self, ...)
    end
    local loud = Loud()
    loud:on("data", quiet)
    drain()
    loud:pause()
    loud:resume()
    loud:push(nil)
    drain()
    assert.same({ "resume", "_read", "pause", "resume", "finish", "_final", "destroy", "_destroy" }, called)
  end)
end)

describe("Transform", function()
  local function upper(options)
    options = options or {}
    options.transform = function(_, chunk, _, callback) callback(nil, chunk:upper()) end
    return Transform(options)
  end

  it("makes output of its input, and ends with it", function()
    local transform = upper()
    local log = listen(transform, {})
    transform:write("ab")
    transform:finish("cd")
    drain()
    assert.same({ "data AB", "data CD", "prefinish", "end", "finish", "close" }, log)
  end)

  it("may make none, or much", function()
    local got = {}
    local transform = Transform({
      transform = function(self, chunk, _, callback)
        if chunk ~= "none" then
          self:push(chunk)
          self:push(chunk)
        end
        callback()
      end,
    })
    transform:on("data", function(chunk) got[#got + 1] = chunk end)
    transform:write("none")
    transform:write("two")
    drain()
    assert.equal("twotwo", table.concat(got))
  end)

  it("flushes what is left", function()
    local got = {}
    local transform = Transform({
      transform = function(self, chunk, _, callback)
        self.last = chunk
        callback()
      end,
      flush = function(self, callback)
        self:push("last: ")
        nextTick(callback, nil, self.last)
      end,
    })
    transform:on("data", function(chunk) got[#got + 1] = chunk end)
    transform:on("end", function() got[#got + 1] = "." end)
    transform:write("a")
    transform:finish("b")
    drain()
    assert.equal("last: b.", table.concat(got))
  end)

  it("fails with _transform, and with _flush", function()
    for _, options in ipairs({
      { transform = function(_, _, _, callback) callback(errors("no")) end },
      {
        transform = function(_, _, _, callback) callback() end,
        flush = function(_, callback) callback(errors("no")) end,
      },
      {
        transform = function(_, _, _, callback) callback() end,
        flush = function() error(errors("no"), 0) end,
      },
    }) do
      local transform = Transform(options)
      local log = listen(transform, {}, { "end", "finish", "error", "close" })
      transform:finish("x")
      drain()
      assert.same({ "error no", "close" }, log)
    end
  end)

  it("takes no more than it can give away", function()
    local transform = upper({ highWaterMark = 2 })
    assert.is_true(transform:write("a"))
    assert.is_true(transform:write("b"))
    assert.is_false(transform:write("cd"))
    drain()
    assert.equal(2, transform.readableLength)
    assert.equal(3, transform.writableLength)
    assert.equal("A", transform:read())
    assert.equal("B", transform:read())
    assert.equal("CD", transform:read())
    assert.is_nil(transform:read())
    assert.equal(0, transform.writableLength)
  end)

  it("without a readable buffer has no writable one", function()
    local transform = upper({ readableHighWaterMark = 0 })
    assert.equal(0, transform.readableHighWaterMark)
    assert.equal(0, transform.writableHighWaterMark)
    assert.equal(5, upper({ highWaterMark = 0, writableHighWaterMark = 5 }).writableHighWaterMark)
  end)

  it("calls its _flush though _final is overridden", function()
    local log = {}
    local transform = upper({
      final = function(_, callback)
        log[#log + 1] = "final"
        callback()
      end,
      flush = function(_, callback)
        log[#log + 1] = "flush"
        callback()
      end,
    })
    transform:resume()
    transform:finish()
    drain()
    assert.same({ "final", "flush" }, log)
  end)

  it("has to have a _transform", function()
    local transform = Transform()
    local ok, err = pcall(transform.write, transform, "x")
    assert.is_false(ok)
    assert.equal("ERR_METHOD_NOT_IMPLEMENTED", err.code)
  end)

  it("hears of a second callback", function()
    local transform = Transform({
      transform = function(_, _, _, callback)
        callback()
        callback()
      end,
    })
    local log = listen(transform, {}, { "error" })
    transform:write("x")
    drain()
    assert.same({ "error ERR_MULTIPLE_CALLBACK" }, log)
  end)
end)

describe("PassThrough", function()
  it("changes nothing, binary as it may be", function()
    local bytes = {}
    for i = 0, 255 do
      bytes[#bytes + 1] = string.char(i)
    end
    bytes = table.concat(bytes)
    local got = {}
    local through = PassThrough()
    through:on("data", function(chunk) got[#got + 1] = chunk end)
    for _ = 1, 300 do
      through:write(bytes)
    end
    through:finish()
    drain()
    assert.equal(bytes:rep(300), table.concat(got))
  end)

  it("passes objects on", function()
    local object, got = {}, nil
    local through = PassThrough({ objectMode = true })
    through:on("data", function(value) got = value end)
    through:write(object)
    drain()
    assert.equal(object, got)
  end)
end)
