local errors = require("uvnet.errors")
local raised = require("spec.support.raised")
local stream = require("uvnet.stream")
local ticks = require("uvnet.runtime.ticks")

local Readable = stream.Readable
local drain = ticks.drain

local function quiet() end

-- A Readable without a source of its own, and the list of its events.
local function recorded(options, events)
  options = options or {}
  options.read = options.read or quiet
  local readable, log = Readable(options), {}
  for _, event in ipairs(events or { "data", "end", "close", "error", "pause", "resume" }) do
    readable:on(event, function(value)
      if type(value) == "table" then value = value.code or value.message end
      log[#log + 1] = value == nil and event or event .. " " .. tostring(value)
    end)
  end
  return readable, log
end

describe("Readable", function()
  describe("untouched", function()
    it("keeps no state", function()
      local readable = Readable()
      assert.is_nil(rawget(readable, "_rs"))
      readable:on("close", quiet)
      readable:removeListener("data", quiet)
      readable:unpipe()
      assert.is_false(readable:isPaused())
      assert.is_true(readable.readable)
      assert.is_false(readable.destroyed)
      assert.is_nil(rawget(readable, "_rs"))
    end)

    it("answers like one that was touched", function()
      local readable = Readable()
      assert.equal(65536, readable.readableHighWaterMark)
      assert.equal(0, readable.readableLength)
      assert.is_nil(readable.readableFlowing)
      assert.is_nil(readable.readableEncoding)
      assert.is_nil(readable.errored)
      assert.is_false(readable.readableEnded)
      assert.is_false(readable.readableAborted)
      assert.is_false(readable.readableDidRead)
      assert.is_false(readable.readableObjectMode)
      assert.is_false(readable.closed)
    end)
  end)

  describe("flowing", function()
    it("hands chunks on as they come, then ends and closes", function()
      local readable, log = recorded()
      readable:push("a")
      readable:push("b")
      readable:push(nil)
      assert.same({}, log)
      drain()
      assert.same({ "resume", "data a", "data b", "end", "close" }, log)
      assert.is_true(readable.readableEnded)
      assert.is_true(readable.destroyed)
      assert.is_false(readable.readable)
    end)

    it("hands a chunk on at once, when it waits for one", function()
      local readable, log = recorded()
      drain()
      assert.is_true(readable:push("now"))
      assert.same({ "resume", "data now" }, log)
      assert.equal(0, readable.readableLength)
    end)

    it("stops and goes on", function()
      local readable, log = recorded()
      drain()
      readable:pause()
      assert.is_true(readable:isPaused())
      assert.is_false(readable.readableFlowing)
      readable:push("later")
      drain()
      assert.equal(5, readable.readableLength)
      assert.same({ "resume", "pause" }, log)
      readable:resume()
      drain()
      assert.same({ "resume", "pause", "resume", "data later" }, log)
      assert.is_false(readable:isPaused())
    end)

    it("does not start while it is paused on purpose", function()
      local readable, log = recorded({}, {})
      readable:pause()
      readable:push("x")
      readable:on("data", function(chunk) log[#log + 1] = chunk end)
      drain()
      assert.same({}, log)
      readable:resume()
      drain()
      assert.same({ "x" }, log)
    end)

    it("stops in the midst of what is buffered", function()
      local readable, got = Readable({ read = quiet }), {}
      readable:push("1")
      readable:push("2")
      readable:push("3")
      readable:on("data", function(chunk)
        got[#got + 1] = chunk
        if chunk == "2" then readable:pause() end
      end)
      drain()
      assert.same({ "1", "2" }, got)
      assert.equal(1, readable.readableLength)
    end)

    it("keeps the order when a listener pushes", function()
      local readable, got = Readable({ read = quiet }), {}
      readable:push("1")
      readable:push("2")
      readable:on("data", function(chunk)
        got[#got + 1] = chunk
        if chunk == "1" then readable:push("3") end
      end)
      drain()
      assert.same({ "1", "2", "3" }, got)
    end)

    it("loses data that nobody listens for", function()
      local readable = Readable({ read = quiet })
      readable:resume()
      drain()
      readable:push("gone")
      drain()
      assert.equal(0, readable.readableLength)
      assert.is_true(readable.readableDidRead)
    end)
  end)

  describe("_read", function()
    it("is called with the high-water mark, while there is room", function()
      local sizes = {}
      local readable = Readable({
        highWaterMark = 4,
        read = function(self, size)
          sizes[#sizes + 1] = size
          if #sizes < 10 then self:push("ab") end
        end,
      })
      readable:read(0)
      drain()
      assert.same({ 4, 4 }, sizes)
      assert.equal(4, readable.readableLength)
    end)

    it("is not called again until it has pushed", function()
      local calls = 0
      local readable = Readable({ read = function() calls = calls + 1 end })
      readable:read()
      readable:read()
      drain()
      assert.equal(1, calls)
      readable:push("x")
      drain()
      assert.equal(2, calls)
    end)

    it("destroys the stream when it raises", function()
      local readable, log = recorded({ read = function() error(errors("no source"), 0) end }, { "error", "close" })
      readable:read()
      drain()
      assert.same({ "error no source", "close" }, log)
    end)

    it("makes an Error of a message", function()
      local got
      local readable = Readable({ read = function() error("bad luck", 0) end })
      readable:on("error", function(err) got = err end)
      readable:read()
      drain()
      assert.is_true(errors.Error:isInstance(got))
      assert.equal("bad luck", got.message)
      assert.equal(got, readable.errored)
    end)

    it("has to be there", function()
      local readable, code = Readable(), nil
      readable:on("error", function(err) code = err.code end)
      readable:read()
      drain()
      assert.equal("ERR_METHOD_NOT_IMPLEMENTED", code)
    end)

    it("can be a method of a subclass", function()
      local Counter = Readable:extend("Counter")
      function Counter:initialize(limit)
        Readable.initialize(self)
        self.at, self.limit = 0, limit
      end
      function Counter:_read()
        self.at = self.at + 1
        self:push(self.at <= self.limit and tostring(self.at) or nil)
      end
      local got = {}
      Counter(5):on("data", function(chunk) got[#got + 1] = chunk end)
      drain()
      assert.equal("12345", table.concat(got))
    end)
  end)

  describe("push", function()
    it("says when there is enough", function()
      local readable = Readable({ highWaterMark = 3, read = quiet })
      assert.is_true(readable:push("ab"))
      assert.is_false(readable:push("c"))
      assert.is_false(readable:push(nil))
    end)

    it("takes no chunk without bytes for data", function()
      local readable, log = recorded()
      readable:push("")
      drain()
      assert.same({ "resume" }, log)
    end)

    it("reports what is no string", function()
      local readable, log = recorded({}, { "error", "close" })
      assert.is_false(readable:push(5))
      drain()
      assert.same({ "error ERR_INVALID_ARG_TYPE", "close" }, log)
      assert.equal(
        'The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView. '
          .. "Received type number (5)",
        readable.errored.message
      )
    end)

    it("reports a chunk behind the end", function()
      local readable, log = recorded({}, { "error", "close" })
      readable:push(nil)
      readable:push("x")
      drain()
      assert.same({ "error ERR_STREAM_PUSH_AFTER_EOF", "close" }, log)
    end)

    it("does nothing to a destroyed stream", function()
      local readable = Readable({ read = quiet })
      readable:destroy()
      assert.is_false(readable:push("x"))
      assert.equal(0, readable.readableLength)
    end)

    it("takes text in an encoding", function()
      local readable = Readable({ read = quiet })
      readable:push("616263", "hex")
      assert.equal("abc", readable:read())
      local err = raised(readable.push, readable, "x", "klingon")
      assert.equal("ERR_UNKNOWN_ENCODING", err.code)
    end)
  end)

  describe("read", function()
    local function holding(...)
      local readable = Readable({ read = quiet })
      for i = 1, select("#", ...) do
        readable:push((select(i, ...)))
      end
      return readable
    end

    it("gives one chunk as it came", function()
      local readable = holding("ab", "cd", "ef")
      assert.equal("ab", readable:read())
      assert.equal("cd", readable:read())
      assert.equal("ef", readable:read())
      assert.is_nil(readable:read())
    end)

    it("gives all the text there is where nothing flows", function()
      local readable = Readable({ read = quiet, encoding = "utf8" })
      readable:push("\xc3")
      readable:push("\xa4b")
      readable:push("c")
      assert.equal("\xc3\xa4bc", readable:read())
    end)

    it("gives exactly n bytes, across chunks and inside of one", function()
      local readable = holding("abc", "defgh", "ij")
      assert.equal("ab", readable:read(2))
      assert.equal("cdef", readable:read(4))
      assert.equal("g", readable:read(1))
      assert.equal("hi", readable:read(2))
      assert.equal(1, readable.readableLength)
      assert.is_nil(readable:read(2))
      assert.equal("j", readable:read(1))
    end)

    it("gives what is left of a chunk that was begun", function()
      local readable = holding("abc", "de")
      readable:read(1)
      assert.equal("bc", readable:read())
      assert.equal("de", readable:read())
      readable = holding("abc", "de")
      readable:read(1)
      readable:unshift("X")
      assert.equal("Xb", readable:read(2))
      assert.equal("cde", readable:read(3))
    end)

    it("gives the rest at the end, though it is less", function()
      local readable = holding("abc")
      assert.is_nil(readable:read(4))
      readable:push(nil)
      assert.equal("abc", readable:read(4))
    end)

    it("gives nothing for 0 and less", function()
      local readable = holding("abc")
      assert.is_nil(readable:read(0))
      assert.is_nil(readable:read(-1))
      assert.equal(3, readable.readableLength)
    end)

    it("emits data too", function()
      local readable, got = holding("abc"), {}
      readable:pause()
      readable:on("data", function(chunk) got[#got + 1] = chunk end)
      readable:read(1)
      readable:read()
      assert.same({ "a", "bc" }, got)
    end)

    it("raises the high-water mark to a power of two", function()
      local readable = Readable({ highWaterMark = 10, read = quiet })
      readable:read(33)
      assert.equal(64, readable.readableHighWaterMark)
      local err = raised(readable.read, readable, 2 ^ 30 + 1)
      assert.equal("ERR_OUT_OF_RANGE", err.code)
      assert.is_truthy(err.message:find("It must be <= 1GiB", 1, true))
    end)

    it("keeps up with many chunks and many small reads", function()
      local readable, parts = Readable({ highWaterMark = 1e6, read = quiet }), {}
      for i = 1, 5000 do
        readable:push(("%04d"):format(i % 10000))
      end
      while readable.readableLength > 0 do
        parts[#parts + 1] = readable:read(math.min(7, readable.readableLength))
      end
      local all = table.concat(parts)
      assert.equal(20000, #all)
      assert.equal("00010002", all:sub(1, 8))
      assert.equal("49995000", all:sub(-8))
    end)
  end)

  describe("unshift", function()
    it("puts a chunk in front", function()
      local readable = Readable({ read = quiet })
      readable:push("abcdef")
      local head = readable:read(2)
      readable:unshift("X" .. head)
      readable:unshift("Y")
      assert.equal("Y", readable:read())
      assert.equal("Xab", readable:read())
      assert.equal("cdef", readable:read())
    end)

    it("works between the last byte and end", function()
      local readable, log = Readable({ read = quiet }), {}
      readable:on("end", function() log[#log + 1] = "end" end)
      readable:push("a")
      readable:push(nil)
      readable:read()
      readable:unshift("b")
      drain()
      assert.same({}, log)
      assert.equal("b", readable:read())
      drain()
      assert.same({ "end" }, log)
    end)

    it("comes too late behind end", function()
      local readable, log = recorded({ autoDestroy = false })
      readable:push(nil)
      drain()
      readable:unshift("x")
      assert.same({ "resume", "end", "error ERR_STREAM_UNSHIFT_AFTER_END_EVENT" }, log)
    end)
  end)

  describe("with a listener for readable", function()
    it("does not flow, and emits it for new data and for the end", function()
      local readable, log = Readable({ read = quiet }), {}
      readable:on("readable", function()
        local chunk = readable:read()
        log[#log + 1] = chunk or "nothing"
      end)
      readable:on("end", function() log[#log + 1] = "end" end)
      assert.is_false(readable.readableFlowing)
      readable:push("a")
      readable:push("b")
      assert.same({}, log)
      drain()
      readable:push("c")
      drain()
      readable:push(nil)
      drain()
      assert.same({ "a", "b", "c", "end" }, log)
    end)

    it("does not flow though it is told to", function()
      local readable, got = Readable({ read = quiet }), {}
      readable:on("readable", quiet)
      readable:on("data", function(chunk) got[#got + 1] = chunk end)
      readable:push("x")
      readable:resume()
      drain()
      assert.same({}, got)
      assert.equal(1, readable.readableLength)
    end)

    it("flows again once the listener is gone", function()
      local readable, got = Readable({ read = quiet }), {}
      readable:on("readable", quiet)
      readable:on("data", function(chunk) got[#got + 1] = chunk end)
      readable:push("x")
      drain()
      readable:removeListener("readable", quiet)
      drain()
      assert.same({ "x" }, got)
    end)

    it("is back to undecided once all listeners are gone", function()
      local readable = Readable({ read = quiet })
      readable:on("readable", quiet)
      readable:removeAllListeners("readable")
      drain()
      assert.is_nil(readable.readableFlowing)
    end)
  end)

  describe("with an encoding", function()
    local EURO = "\226\130\172"

    it("never cuts a character", function()
      local readable, got = Readable({ read = quiet, encoding = "utf8" }), {}
      readable:on("data", function(chunk) got[#got + 1] = chunk end)
      drain()
      readable:push("a" .. EURO:sub(1, 1))
      readable:push(EURO:sub(2, 2))
      readable:push(EURO:sub(3) .. "b")
      assert.same({ "a", EURO .. "b" }, got)
      assert.equal("utf8", readable.readableEncoding)
    end)

    it("gives what is left of a character at the end", function()
      local readable, got = Readable({ read = quiet }), {}
      readable:setEncoding("utf-8")
      readable:on("data", function(chunk) got[#got + 1] = chunk end)
      readable:push(EURO:sub(1, 2))
      readable:push(nil)
      drain()
      assert.equal("\239\191\189", table.concat(got))
    end)

    it("decodes what was there before", function()
      local readable = Readable({ read = quiet })
      readable:push("ab")
      readable:push("c")
      readable:setEncoding("hex")
      assert.equal(6, readable.readableLength)
      assert.equal("616263", readable:read())
    end)

    it("reads exactly n across chunks", function()
      local readable = Readable({ read = quiet, encoding = "utf8" })
      readable:push("abc")
      readable:push("def")
      readable:push("ghi")
      assert.equal("abcd", readable:read(4))
      assert.equal("efg", readable:read(3))
      assert.equal("hi", readable:read())
    end)

    it("takes back text as it was read", function()
      local readable = Readable({ read = quiet, encoding = "hex" })
      readable:push("abc")
      readable:unshift(readable:read(2))
      readable:unshift("\1", "latin1")
      assert.equal("01616263", readable:read())
    end)

    it("must know the encoding", function()
      assert.equal("ERR_UNKNOWN_ENCODING", raised(Readable, { encoding = "klingon" }).code)
      local readable = Readable()
      assert.equal("ERR_UNKNOWN_ENCODING", raised(readable.setEncoding, readable, "klingon").code)
    end)
  end)

  describe("of objects", function()
    it("gives one at a time, whatever n", function()
      local readable = Readable({ objectMode = true, read = quiet })
      local one, two = { 1 }, { 2 }
      readable:push(one)
      readable:push(two)
      readable:push(false)
      readable:push("")
      assert.equal(4, readable.readableLength)
      assert.equal(one, readable:read(10))
      assert.equal(two, readable:read())
      assert.is_false(readable:read())
      assert.equal("", readable:read())
      assert.equal(16, readable.readableHighWaterMark)
      assert.is_true(readable.readableObjectMode)
    end)
  end)

  describe("destroy", function()
    it("emits close, and no end", function()
      local readable, log = recorded()
      assert.equal(readable, readable:destroy())
      assert.is_true(readable.destroyed)
      assert.is_true(readable.closed)
      assert.is_true(readable.readableAborted)
      drain()
      assert.same({ "resume", "close" }, log)
    end)

    it("emits error, then close, once", function()
      local readable, log = recorded({}, { "error", "close" })
      readable:destroy(errors("first"))
      readable:destroy(errors("second"))
      drain()
      assert.same({ "error first", "close" }, log)
      assert.equal("first", readable.errored.message)
    end)

    it("waits for _destroy", function()
      local continue
      local readable, log = recorded({
        destroy = function(_, err, callback)
          assert.equal("why", err.message)
          continue = callback
        end,
      }, { "error", "close" })
      readable:destroy(errors("why"))
      drain()
      assert.same({}, log)
      assert.is_false(readable.closed)
      continue(errors("another"))
      drain()
      assert.same({ "error another", "close" }, log)
    end)

    it("takes what _destroy raises for its error", function()
      local readable, log = recorded({ destroy = function() error(errors("raised"), 0) end }, { "error", "close" })
      readable:destroy()
      drain()
      assert.same({ "error raised", "close" }, log)
    end)

    it("emits no close if that is not wanted", function()
      local readable, log = recorded({ emitClose = false })
      readable:destroy()
      drain()
      assert.same({ "resume" }, log)
      assert.is_true(readable.closed)
    end)

    it("does not come by itself if that is not wanted", function()
      local readable, log = recorded({ autoDestroy = false })
      readable:push(nil)
      drain()
      assert.same({ "resume", "end" }, log)
      assert.is_false(readable.destroyed)
    end)

    it("inside of a data listener stops the flow", function()
      local readable, got = Readable({ read = quiet }), {}
      readable:push("a")
      readable:push("b")
      readable:on("data", function(chunk)
        got[#got + 1] = chunk
        readable:destroy()
      end)
      drain()
      assert.equal("a", got[1])
      assert.is_true(readable.closed)
    end)
  end)

  describe("_construct", function()
    it("comes before everything else", function()
      local continue, log = nil, {}
      local readable = Readable({
        construct = function(_, callback)
          log[#log + 1] = "construct"
          continue = callback
        end,
        read = function(self)
          log[#log + 1] = "read"
          self:push(nil)
        end,
      })
      readable:on("data", quiet)
      readable:on("end", function() log[#log + 1] = "end" end)
      drain()
      assert.same({ "construct" }, log)
      continue()
      drain()
      assert.same({ "construct", "read", "end" }, log)
    end)

    it("destroys the stream when it fails", function()
      local readable, log = recorded({ construct = function(_, callback) callback(errors("no")) end })
      drain()
      assert.same("error no", log[#log - 1])
      assert.is_true(readable.destroyed)
    end)

    it("is waited for by destroy", function()
      local continue
      local readable, log = recorded({ construct = function(_, callback) continue = callback end }, {
        "error",
        "close",
      })
      drain()
      readable:destroy(errors("outer"))
      drain()
      assert.same({}, log)
      continue(errors("inner"))
      drain()
      assert.same({ "error outer", "close" }, log)
      assert.equal("outer", readable.errored.message)
    end)
  end)

  it("checks its high-water mark", function()
    for _, wrong in ipairs({ -1, 1.5, "16" }) do
      local err = raised(Readable, { highWaterMark = wrong })
      assert.equal("ERR_INVALID_ARG_VALUE", err.code)
      assert.is_truthy(err.message:find("The property 'options.highWaterMark' is invalid. Received ", 1, true))
    end
    assert.equal(0, Readable({ highWaterMark = 0 }).readableHighWaterMark)
  end)
end)

describe("setDefaultHighWaterMark", function()
  after_each(function()
    stream.setDefaultHighWaterMark(false, 65536)
    stream.setDefaultHighWaterMark(true, 16)
  end)

  it("is for the streams that come", function()
    local before = Readable()
    stream.setDefaultHighWaterMark(false, 100)
    stream.setDefaultHighWaterMark(true, 3)
    assert.equal(65536, before.readableHighWaterMark)
    assert.equal(100, Readable().readableHighWaterMark)
    assert.equal(3, stream.Writable({ objectMode = true }).writableHighWaterMark)
    assert.equal(100, stream.getDefaultHighWaterMark(false))
    assert.equal(3, stream.getDefaultHighWaterMark(true))
  end)

  it("checks the value", function()
    assert.equal("ERR_INVALID_ARG_TYPE", raised(stream.setDefaultHighWaterMark, false, "x").code)
    assert.equal("ERR_OUT_OF_RANGE", raised(stream.setDefaultHighWaterMark, false, 1.5).code)
    assert.equal("ERR_OUT_OF_RANGE", raised(stream.setDefaultHighWaterMark, false, -1).code)
  end)
end)
