local errors = require("uvnet.errors")
local raised = require("spec.support.raised")
local stream = require("uvnet.stream")
local ticks = require("uvnet.runtime.ticks")

local Writable = stream.Writable
local drain, nextTick = ticks.drain, ticks.nextTick

-- A Writable, and the list of what happens to it. `done` says when _write calls back.
local function recorded(options, done)
  local log = {}
  local function note(what, value)
    if type(value) == "table" then value = value.code or value.message end
    log[#log + 1] = value == nil and what or what .. " " .. tostring(value)
  end
  options = options or {}
  options.write = options.write
    or function(self, chunk, _, callback)
      note("write", chunk)
      done = done or "now"
      if done == "now" then
        callback()
      elseif done == "tick" then
        nextTick(callback)
      else
        self.continue = callback
      end
    end
  local writable = Writable(options)
  for _, event in ipairs({ "drain", "prefinish", "finish", "error", "close" }) do
    writable:on(event, function(value) note(event, value) end)
  end
  return writable, log, note
end

describe("Writable", function()
  describe("untouched", function()
    it("keeps no state and answers all the same", function()
      local writable = Writable()
      assert.is_true(writable.writable)
      assert.equal(65536, writable.writableHighWaterMark)
      assert.equal(0, writable.writableLength)
      assert.equal(0, writable.writableCorked)
      assert.is_false(writable.writableEnded)
      assert.is_false(writable.writableFinished)
      assert.is_false(writable.writableNeedDrain)
      assert.is_false(writable.writableObjectMode)
      assert.is_false(writable.writableAborted)
      assert.is_false(writable.destroyed)
      assert.is_false(writable.closed)
      assert.is_nil(writable.errored)
      assert.is_nil(rawget(writable, "_ws"))
    end)
  end)

  describe("write", function()
    it("hands one chunk at a time to _write", function()
      local writable, log = recorded({}, "held")
      assert.is_true(writable:write("a"))
      assert.is_true(writable:write("bc"))
      assert.equal(3, writable.writableLength)
      assert.same({ "write a" }, log)
      writable.continue()
      assert.same({ "write a", "write bc" }, log)
      assert.equal(2, writable.writableLength)
      writable.continue()
      assert.equal(0, writable.writableLength)
    end)

    it("calls back in order, in a tick", function()
      local writable, log = recorded(), {}
      writable:write("a", function(err) log[#log + 1] = { "a", err } end)
      writable:write("b", "utf8", function(err) log[#log + 1] = { "b", err } end)
      assert.same({}, log)
      drain()
      assert.same({ { "a" }, { "b" } }, log)
    end)

    it("says when there is enough, and drains", function()
      local writable, log = recorded({ highWaterMark = 3 }, "tick")
      assert.is_true(writable:write("ab"))
      assert.is_false(writable:write("c"))
      assert.is_true(writable.writableNeedDrain)
      drain()
      assert.same({ "write ab", "write c", "drain" }, log)
      assert.is_false(writable.writableNeedDrain)
    end)

    it("returns true for more than the mark, if it was written at once", function()
      local writable, log = recorded({ highWaterMark = 1 }, "now")
      assert.is_true(writable:write("abcdef"))
      drain()
      assert.same({ "write abcdef" }, log)
    end)

    it("drains before it calls back", function()
      local writable, log, note = recorded({ highWaterMark = 1 }, "tick")
      writable:write("a", function() note("callback") end)
      drain()
      assert.same({ "write a", "drain", "callback" }, log)
    end)

    it("takes lists of strings", function()
      local writable, log = recorded({}, "held")
      writable:write({ "a", "bc", "d" })
      writable:write({})
      assert.equal(4, writable.writableLength)
      writable.continue()
      assert.same({ "write abcd", "write " }, log)
    end)

    it("hands lists on as they are to a class that takes them", function()
      local Lister, got = Writable:extend("Lister"), {}
      Lister._listsAllowed = true
      function Lister:_write(chunk, _, callback) -- luacheck: ignore 212
        got[#got + 1] = chunk
        callback()
      end
      local list = { "a", "b" }
      Lister():write(list)
      assert.equal(list, got[1])
    end)

    it("refuses what is neither", function()
      local writable = recorded()
      writable:write("")
      for _, wrong in ipairs({ 5, true, { x = 1 }, { 1 }, writable }) do
        local err = raised(writable.write, writable, wrong)
        assert.equal("ERR_INVALID_ARG_TYPE", err.code)
        assert.equal("TypeError", err.name)
      end
      assert.equal(
        'The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView. '
          .. "Received type boolean (true)",
        raised(writable.write, writable, true).message
      )
      assert.equal("ERR_INVALID_ARG_TYPE", raised(writable.write, writable, nil).code)
      assert.equal(0, writable.writableLength)
      assert.is_true(writable.writable)
    end)

    it("turns text into bytes", function()
      local writable, log = recorded()
      writable:write("616263", "hex")
      writable:write("\195\169", "latin1")
      writable:write({ "YQ==", "Yg==" }, "base64")
      writable:setDefaultEncoding("hex")
      writable:write("64")
      writable:write("x", "utf8")
      assert.same({ "write abc", "write \233", "write ab", "write d", "write x" }, log)
    end)

    it("must know the encoding", function()
      local writable = recorded()
      assert.equal("ERR_UNKNOWN_ENCODING", raised(writable.write, writable, "x", "klingon").code)
      assert.equal("ERR_UNKNOWN_ENCODING", raised(writable.setDefaultEncoding, writable, "klingon").code)
      assert.equal("ERR_UNKNOWN_ENCODING", raised(writable.finish, writable, "x", "klingon").code)
      assert.equal("ERR_UNKNOWN_ENCODING", raised(Writable, { defaultEncoding = "klingon" }).code)
    end)

    it("says that chunks are bytes, unless strings are left alone", function()
      local got
      local function note(_, chunk, encoding, callback)
        got = { chunk, encoding }
        callback()
      end
      Writable({ write = note }):write("6162", "hex")
      assert.same({ "ab", "buffer" }, got)
      Writable({ write = note, decodeStrings = false }):write("6162", "hex")
      assert.same({ "6162", "hex" }, got)
      Writable({ write = note, decodeStrings = false }):write("x")
      assert.same({ "x", "utf8" }, got)
    end)

    it("takes any object in object mode, counting each as one", function()
      local got = {}
      local writable = Writable({
        objectMode = true,
        highWaterMark = 2,
        write = function(_, chunk) got[#got + 1] = chunk end,
      })
      local object = {}
      assert.is_true(writable:write(object))
      assert.is_false(writable:write(false))
      assert.equal(2, writable.writableLength)
      assert.equal(object, got[1])
      assert.equal("ERR_STREAM_NULL_VALUES", raised(writable.write, writable, nil).code)
    end)

    it("needs a _write", function()
      local writable = Writable()
      assert.equal("ERR_METHOD_NOT_IMPLEMENTED", raised(writable.write, writable, "x").code)
    end)

    it("keeps up with many chunks that wait", function()
      local total, depth = 0, nil
      local writable = Writable({
        write = function(_, chunk, _, callback)
          total = total + #chunk
          if depth then
            callback()
          else
            depth = callback
          end
        end,
      })
      for _ = 1, 20000 do
        writable:write("ab")
      end
      depth()
      drain()
      assert.equal(40000, total)
      assert.equal(0, writable.writableLength)
    end)
  end)

  describe("when _write fails", function()
    it("calls back with the error, then those who wait, then destroys", function()
      local log = {}
      local function note(what)
        return function(err) log[#log + 1] = what .. " " .. tostring(err and (err.code or err.message)) end
      end
      local continue
      local writable = Writable({ write = function(_, _, _, callback) continue = callback end })
      writable:on("error", note("error"))
      writable:on("close", note("close"))
      writable:write("a", note("a"))
      writable:write("b", note("b"))
      writable:finish(note("end"))
      continue(errors("bad"))
      drain()
      assert.same({ "a bad", "b bad", "end bad", "error bad", "close nil" }, log)
      assert.is_true(writable.writableAborted)
      assert.is_false(writable.writableFinished)
    end)

    it("at once, write returns false and the rest follows in a tick", function()
      local writable, log = recorded({ write = function(_, _, _, callback) callback(errors("bad")) end })
      assert.is_false(writable:write("a"))
      assert.same({}, log)
      drain()
      assert.same({ "error bad", "close" }, log)
    end)

    it("stays open if it is not to be destroyed", function()
      local writable, log = recorded({
        autoDestroy = false,
        write = function(_, _, _, callback) callback(errors("bad")) end,
      })
      writable:write("a")
      drain()
      assert.same({ "error bad" }, log)
      assert.is_false(writable.destroyed)
      assert.equal("bad", writable.errored.message)
      assert.is_false(writable:write("b"))
    end)

    it("by calling back twice, it hears of that", function()
      local writable, log = recorded({
        write = function(_, _, _, callback)
          callback()
          callback()
        end,
      })
      writable:write("a")
      drain()
      assert.same({ "error ERR_MULTIPLE_CALLBACK", "close" }, log)
    end)
  end)

  describe("finish", function()
    it("finishes when all is written, and closes", function()
      local writable, log, note = recorded({}, "tick")
      writable:write("a")
      assert.equal(writable, writable:finish("b", function(err) note("callback", err) end))
      assert.is_true(writable.writableEnded)
      assert.is_false(writable.writable)
      assert.is_false(writable.writableFinished)
      drain()
      assert.same({ "write a", "write b", "prefinish", "callback", "finish", "close" }, log)
      assert.is_true(writable.writableFinished)
      assert.is_true(writable.destroyed)
    end)

    it("calls back with one argument, be it an error or nil, as write does", function()
      local counts = {}
      local function count(...) counts[#counts + 1] = select("#", ...) end
      local writable = recorded()
      writable:write("a", count)
      writable:finish(count)
      drain()
      writable:finish(count)
      writable:write("too late", count)
      drain()
      assert.same({ 1, 1, 1, 1 }, counts)
      writable = Writable({ write = function(_, _, _, callback) callback(errors("bad")) end })
      writable:on("error", function() end)
      writable:write("a", count)
      writable:write("b", count)
      writable:finish(count)
      drain()
      writable:finish(count)
      drain()
      assert.same({ 1, 1, 1, 1, 1, 1, 1, 1 }, counts)
    end)

    it("takes its arguments in all forms", function()
      local calls = 0
      local function count() calls = calls + 1 end
      local got = {}
      local function write(_, chunk, _, callback)
        got[#got + 1] = chunk
        callback()
      end
      Writable({ write = write }):finish()
      Writable({ write = write }):finish(count)
      Writable({ write = write }):finish("a", count)
      Writable({ write = write }):finish("62", "hex", count)
      Writable({ write = write }):finish(nil, nil, count)
      local last = Writable({ write = write })
      assert.equal(last, last["end"](last, "c", count))
      drain()
      assert.equal(5, calls)
      assert.same({ "a", "b", "c" }, got)
    end)

    it("and `end` are the same function", function()
      local Socket = require("net").Socket
      for _, class in ipairs({ Writable, stream.Duplex, stream.Transform, stream.PassThrough, Socket }) do
        assert.equal(class.finish, class["end"])
        local function override() end
        local Sub = class:extend("Sub")
        local Below = Sub:extend("Below")
        local writable = Below()
        Sub.finish = override
        assert.equal(override, writable["end"])
        assert.equal(override, writable.finish)
        local own = class()
        own.finish = override
        assert.equal(override, own["end"])
        local Other = class:extend("Other")
        Other["end"] = print
        Other.finish = override
        assert.equal(print, Other["end"])
        assert.equal(override, Other.finish)
        assert.equal(class.finish, class["end"])
      end
    end)

    it("is what `end` calls", function()
      local Sub, called = Writable:extend("Sub"), nil
      function Sub:finish(...) -- luacheck: ignore 212
        called = { ... }
      end
      local writable = Sub()
      writable["end"](writable, "x", "y")
      assert.same({ "x", "y" }, called)
    end)

    it("waits for _final", function()
      local continue
      local writable, log = recorded({ final = function(_, callback) continue = callback end })
      writable:finish()
      drain()
      assert.same({}, log)
      continue()
      assert.same({ "prefinish" }, log)
      drain()
      assert.same({ "prefinish", "finish", "close" }, log)
    end)

    it("fails with _final", function()
      for _, final in ipairs({
        function(_, callback) callback(errors("no")) end,
        function() error(errors("no"), 0) end,
      }) do
        local writable, log, note = recorded({ final = final })
        writable:finish(function(err) note("callback", err) end)
        drain()
        assert.same({ "error no", "close", "callback no" }, log)
        assert.is_false(writable.writableFinished)
      end
    end)

    it("refuses what is written behind it", function()
      local writable, log, note = recorded({}, "tick")
      writable:finish("a")
      assert.is_false(writable:write("b", function(err) note("callback", err) end))
      drain()
      assert.same("write a", log[1])
      assert.same("callback ERR_STREAM_WRITE_AFTER_END", log[2])
      assert.same({ "error ERR_STREAM_WRITE_AFTER_END", "close" }, { log[3], log[4] })
      assert.equal(4, #log)
    end)

    it("may be called again, but not with data, nor expecting to be heard when it is over", function()
      local writable, log, note = recorded()
      writable:finish()
      writable:finish(function(err) note("second", err) end)
      drain()
      writable:finish(function(err) note("third", err) end)
      drain()
      assert.same({ "prefinish", "second", "finish", "close", "third ERR_STREAM_ALREADY_FINISHED" }, log)
    end)

    it("does not come behind destroy", function()
      local writable, log, note = recorded()
      writable:finish("a")
      writable:destroy()
      writable:finish(function(err) note("callback", err) end)
      drain()
      assert.same({ "write a", "prefinish", "close", "callback ERR_STREAM_DESTROYED" }, log)
    end)
  end)

  describe("cork", function()
    it("has everything wait for as many uncorks", function()
      local writable, log = recorded()
      writable:cork()
      writable:cork()
      writable:write("a")
      writable:write("b")
      assert.equal(2, writable.writableCorked)
      writable:uncork()
      assert.same({}, log)
      writable:uncork()
      assert.same({ "write a", "write b" }, log)
      writable:uncork()
      assert.equal(0, writable.writableCorked)
    end)

    it("has _writev write it together", function()
      local got, called = {}, {}
      local writable = Writable({
        write = function() error("not this") end,
        writev = function(_, entries, callback)
          for i, entry in ipairs(entries) do
            got[i] = entry.chunk .. " " .. entry.encoding
          end
          assert.is_true(entries.allBuffers)
          callback()
        end,
      })
      writable:cork()
      writable:write("a", function() called[#called + 1] = "a" end)
      writable:write({ "b", "c" })
      writable:write("64", "hex", function() called[#called + 1] = "d" end)
      writable:uncork()
      assert.same({ "a buffer", "bc buffer", "d buffer" }, got)
      drain()
      assert.same({ "a", "d" }, called)
      assert.equal(0, writable.writableLength)
    end)

    it("ends with finish", function()
      local writable, log = recorded()
      writable:cork()
      writable:cork()
      writable:write("a")
      writable:finish("b")
      drain()
      assert.same({ "write a", "write b", "prefinish", "finish", "close" }, log)
    end)

    it("loses nothing that is written inside of _writev", function()
      local got = {}
      local writable
      writable = Writable({
        writev = function(self, entries, callback)
          for _, entry in ipairs(entries) do
            got[#got + 1] = entry.chunk
          end
          if #got == 2 then self:write("c") end
          nextTick(callback)
        end,
      })
      writable:cork()
      writable:write("a")
      writable:write("b")
      writable:uncork()
      writable:finish()
      drain()
      assert.same({ "a", "b", "c" }, got)
      assert.is_true(writable.writableFinished)
    end)
  end)

  describe("destroy", function()
    it("tells those who wait", function()
      local writable, log, note = recorded({}, "held")
      writable:write("a", function(err) note("a", err) end)
      writable:write("b", function(err) note("b", err) end)
      writable:finish(function(err) note("end", err) end)
      writable:destroy()
      drain()
      assert.same({ "write a", "close" }, log)
      writable.continue()
      drain()
      assert.same({
        "write a",
        "close",
        "a",
        "b ERR_STREAM_DESTROYED",
        "end ERR_STREAM_DESTROYED",
      }, log)
    end)

    it("tells at once those who wait for nothing but uncork", function()
      local writable, log, note = recorded()
      writable:cork()
      writable:write("a", function(err) note("a", err) end)
      writable:destroy(errors("why"))
      drain()
      assert.same({ "a why", "error why", "close" }, log)
    end)

    it("refuses what is written behind it, without another error", function()
      local writable, log, note = recorded()
      writable:destroy()
      assert.is_false(writable:write("a", function(err) note("a", err) end))
      drain()
      assert.same({ "close", "a ERR_STREAM_DESTROYED" }, log)
    end)
  end)

  it("cannot be piped", function()
    local writable, log = recorded()
    writable:pipe(Writable())
    drain()
    assert.same({ "error ERR_STREAM_CANNOT_PIPE", "close" }, log)
  end)

  it("constructs before it writes", function()
    local continue
    local writable, log = recorded({ construct = function(_, callback) continue = callback end })
    writable:write("a")
    writable:finish()
    drain()
    assert.same({}, log)
    continue()
    drain()
    assert.same({ "write a", "prefinish", "finish", "close" }, log)
  end)

  describe("for a class that writes in another way", function()
    it("calls back in order and finishes behind that", function()
      local writable, log, note = recorded()
      writable:write("a", function(err) note("a", err) end)
      Writable._queueWriteCallback(writable, function(err) note("fast", err) end)
      writable:write("b", function(err) note("b", err) end)
      writable:finish()
      drain()
      assert.same({ "write a", "write b", "prefinish", "a", "fast", "b", "finish", "close" }, log)
    end)

    it("drains when it is told to, once, if somebody waits", function()
      local writable, log = recorded()
      Writable._drain(writable)
      assert.is_nil(rawget(writable, "_ws").needDrain)
      Writable._needDrain(writable)
      assert.is_true(writable.writableNeedDrain)
      Writable._drain(writable)
      Writable._drain(writable)
      assert.same({ "drain" }, log)
      Writable._needDrain(writable)
      writable:finish()
      Writable._drain(writable)
      drain()
      assert.same({ "drain", "prefinish", "finish", "close" }, log)
    end)
  end)

  it("makes no garbage for chunks that are written at once", function()
    local count = 0
    local writable = Writable({
      write = function(_, _, _, callback)
        count = count + 1
        callback()
      end,
    })
    local function written() end
    -- What LuaJIT compiles meanwhile takes memory, too, and is no garbage.
    local jit = rawget(_G, "jit")
    if jit then jit.off() end
    for _ = 1, 10 do
      writable:write("warm", written)
      drain()
    end
    collectgarbage()
    collectgarbage("stop")
    local before = collectgarbage("count")
    for _ = 1, 1000 do
      writable:write("x")
      writable:write("y", written)
      drain()
    end
    local kilobytes = collectgarbage("count") - before
    collectgarbage("restart")
    if jit then jit.on() end
    assert.equal(2010, count)
    -- The smallest table has 40 bytes and more: two thousand of them would be 80 KB.
    assert.is_true(kilobytes < 20, kilobytes .. " KB")
  end)

  it("can be used again after `_undestroy`", function()
    local finals, got = 0, {}
    local writable = stream.Writable({
      objectMode = true,
      highWaterMark = 3,
      write = function(_, chunk, _, callback)
        got[#got + 1] = chunk
        callback()
      end,
      final = function(_, callback)
        finals = finals + 1
        callback()
      end,
    })
    writable:finish(1)
    writable:destroy()
    writable:_undestroy()
    assert.is_false(writable.destroyed)
    assert.is_true(writable.writable)
    assert.equal(3, writable.writableHighWaterMark)
    writable:finish(2)
    ticks.drain()
    assert.equal(2, finals)
    assert.same({ 1, 2 }, got)
  end)
end)
