--- Streams that are made of what is none, and of other streams.

local net = require("uvnet")
local raised = require("spec.support.raised")
local stream = require("uvnet.stream")
local ticks = require("uvnet.runtime.ticks")

local Readable, Writable, Duplex, Transform = stream.Readable, stream.Writable, stream.Duplex, stream.Transform
local drain, yield = ticks.drain, coroutine.yield

local function quiet() end

-- What comes out of a stream, and how it ends.
local function gather(readable)
  local got = {}
  readable:on("data", function(chunk) got[#got + 1] = chunk end)
  readable:on("end", function() got[#got + 1] = "end" end)
  readable:on("error", function(err) got[#got + 1] = err.code or err.message end)
  readable:on("close", function() got[#got + 1] = "close" end)
  return got
end

local function upper_of(options)
  options = options or { objectMode = true }
  options.transform = function(_, chunk, _, callback) callback(nil, chunk:upper()) end
  return Transform(options)
end

-- A body for `Duplex.from`. Not with `for`, in which Lua 5.1 cannot yield.
local function doubling(source)
  local chunk = source()
  while chunk do
    yield(chunk .. chunk)
    chunk = source()
  end
end

describe("Readable.from", function()
  it("goes through a list, an iterator and a coroutine, and takes a string for one chunk", function()
    local count = 0
    local function iterator()
      count = count + 1
      if count <= 3 then return count end
    end
    local thread = coroutine.create(function()
      yield(1)
      yield(2)
      yield(3)
      return "ignored"
    end)
    for _, iterable in ipairs({ { 1, 2, 3 }, iterator, thread }) do
      local got = gather(Readable.from(iterable))
      drain()
      assert.same({ 1, 2, 3, "end", "close" }, got)
    end
    local got = gather(Readable.from("text"))
    drain()
    assert.same({ "text", "end", "close" }, got)
  end)

  it("asks for no more than is wanted", function()
    local asked = 0
    local readable = Readable.from(function()
      asked = asked + 1
      return asked
    end, { highWaterMark = 3 })
    readable:read()
    drain()
    assert.is_true(asked <= 4, asked)
    readable:destroy()
  end)

  it("is in object mode with a mark of 1, unless it is told otherwise", function()
    local readable = Readable.from({})
    assert.is_true(readable.readableObjectMode)
    assert.equal(1, readable.readableHighWaterMark)
    readable = Readable.from({ "a" }, { objectMode = false, highWaterMark = 5 })
    assert.is_false(readable.readableObjectMode)
    assert.equal(5, readable.readableHighWaterMark)
  end)

  it("fails with what is raised on the way, and with a coroutine that yields nothing", function()
    local got = gather(Readable.from(function() error("bad", 0) end))
    drain()
    assert.same({ "bad", "close" }, got)
    got = gather(Readable.from(coroutine.create(function()
      yield("a")
      error("bad", 0)
    end)))
    drain()
    assert.same({ "a", "bad", "close" }, got)
    got = gather(Readable.from(coroutine.create(function() yield(nil) end)))
    drain()
    assert.same({ "ERR_STREAM_NULL_VALUES", "close" }, got)
  end)

  it("ends early what can be ended, when it is destroyed", function()
    local closed = 0
    local iterator = setmetatable({ close = function() closed = closed + 1 end }, { __call = function() return 1 end })
    local readable = Readable.from(iterator)
    readable:read()
    readable:destroy()
    drain()
    assert.equal(1, closed)
  end)

  it("raises for what cannot be gone through", function()
    for _, wrong in ipairs({ 5, true, { key = 1 } }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(Readable.from, wrong).code)
    end
    assert.equal("ERR_INVALID_ARG_TYPE", raised(Readable.from, nil).code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(Readable.from, {}, 5).code)
  end)
end)

describe("Duplex.from", function()
  it("leaves a Duplex as it is", function()
    local duplex = Duplex()
    assert.equal(duplex, Duplex.from(duplex))
  end)

  it("gives a stream of one side the other one, closed", function()
    local duplex = Duplex.from(Readable.from({ "a", "b" }))
    assert.is_false(duplex.writable)
    local got = gather(duplex)
    drain()
    assert.same({ "a", "b", "end", "close" }, got)
    local written = {}
    duplex = Duplex.from(Writable({
      objectMode = true,
      write = function(_, chunk, _, callback)
        written[#written + 1] = chunk
        callback()
      end,
    }))
    assert.is_false(duplex.readable)
    duplex:write("x")
    duplex:finish("y")
    drain()
    assert.same({ "x", "y" }, written)
  end)

  it("makes one of a pair, which fails as a whole", function()
    local source, dest = Readable({ read = quiet }), Writable({ write = quiet })
    source:on("error", quiet)
    dest:on("error", quiet)
    local duplex = Duplex.from({ readable = source, writable = dest })
    local got = gather(duplex)
    source:destroy(net.errors("bad"))
    drain()
    assert.same({ "bad", "close" }, got)
    assert.is_true(dest.destroyed)
  end)

  it("runs a function on what is written, and its error is the stream's", function()
    local duplex = Duplex.from(doubling)
    local got = gather(duplex)
    duplex:write("a")
    duplex:write("b")
    duplex:finish("c")
    drain()
    assert.same({ "aa", "bb", "cc", "end", "close" }, got)
    duplex = Duplex.from(function(source)
      source()
      error("bad", 0)
    end)
    got = gather(duplex)
    duplex:write("a")
    drain()
    assert.same({ "bad", "close" }, got)
  end)

  it("takes no more than is read", function()
    local taken = 0
    local duplex = Duplex.from(function(source)
      while true do
        local chunk = source()
        if not chunk then return end
        taken = taken + 1
        yield(chunk)
      end
    end)
    for i = 1, 50 do
      duplex:write(i)
    end
    drain()
    assert.is_true(taken <= 3, taken)
    local got = gather(duplex)
    duplex:finish()
    drain()
    assert.equal(52, #got)
    assert.equal(50, got[50])
  end)

  it("raises for what is none of it", function()
    for _, wrong in ipairs({ 5, true, { key = 1 } }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(Duplex.from, wrong).code)
    end
  end)

  it("calls a function at once, and refuses one that neither takes nor makes a chunk", function()
    local called = 0
    local err = raised(Duplex.from, function() called = called + 1 end)
    assert.equal("ERR_INVALID_RETURN_VALUE", err.code)
    assert.equal('Expected Iterable, AsyncIterable or AsyncFunction to be returned from the "body" function but got '
      .. "undefined.", err.message)
    assert.equal("ERR_INVALID_RETURN_VALUE", raised(Duplex.from, function() return 5 end).code)
    assert.equal(1, called)
    local got = gather(Duplex.from(function() return { "a", "b" } end))
    drain()
    assert.same({ "a", "b", "end", "close" }, got)
    got = gather(Duplex.from(function() error("at once", 0) end))
    drain()
    assert.same({ "at once", "close" }, got)
    got = gather(Readable.from({ "a" }):compose(function() error("at once", 0) end))
    drain()
    assert.same({ "at once", "close" }, got)
  end)

  it("ends a function that only takes without anybody who reads, and lets it return nothing", function()
    local taken, over, failure = "", {}, nil
    local function take(source)
      local chunk = source()
      while chunk do
        taken = taken .. chunk
        chunk = source()
      end
    end
    local sink = Duplex.from(take)
    stream.finished(sink, function(err) over[1] = err or "done" end)
    sink:finish("abc")
    drain()
    assert.same({ "done" }, over)
    stream.finished(stream.compose({ "d", "e" }, doubling, take), function(err) over[2] = err or "done" end)
    drain()
    assert.same({ "done", "done" }, over)
    assert.equal("abcddee", taken)
    local wrong = stream.compose({ "f" }, function(source)
      take(source)
      return taken
    end)
    stream.finished(wrong, function(err) failure = err end)
    drain()
    assert.equal("ERR_INVALID_RETURN_VALUE", failure.code)
  end)
end)

describe("compose", function()
  it("is one stream in front of many", function()
    local composed = stream.compose(upper_of(), doubling)
    local got = gather(composed)
    composed:write("a")
    composed:finish("b")
    drain()
    assert.same({ "AA", "BB", "end", "close" }, got)
  end)

  it("begins with what can be gone through, and then cannot be written to", function()
    local composed = stream.compose({ "a", "b" }, upper_of())
    assert.is_false(composed.writable)
    local got = gather(composed)
    drain()
    assert.same({ "A", "B", "end", "close" }, got)
  end)

  it("fails as a whole", function()
    local first, second = upper_of(), upper_of()
    local composed = stream.compose(first, second)
    local got = gather(composed)
    first:destroy(net.errors("bad"))
    drain()
    assert.same({ "bad", "close" }, got)
    assert.is_true(second.destroyed)
  end)

  it("destroys those within when it is destroyed", function()
    local first, second = upper_of(), upper_of()
    local composed = stream.compose(first, second)
    local got = gather(composed)
    composed:destroy()
    drain()
    assert.is_true(first.destroyed)
    assert.is_true(second.destroyed)
    assert.equal("close", got[#got])
  end)

  it("is a method of what is read, which may be ended by a signal", function()
    local controller = net.AbortController()
    local composed = Readable.from({ "a" }):compose(upper_of(), { signal = controller.signal })
    local got = gather(composed)
    controller:abort()
    drain()
    assert.same({ "ABORT_ERR", "close" }, got)
  end)

  it("raises for none, and for those that do not fit together", function()
    assert.equal("ERR_MISSING_ARGS", raised(stream.compose).code)
    assert.equal("ERR_INVALID_ARG_VALUE", raised(stream.compose, Writable({ write = quiet }), upper_of()).code)
    assert.equal("ERR_INVALID_ARG_VALUE", raised(stream.compose, upper_of(), Readable({ read = quiet })).code)
  end)

  it("of a Readable needs something to compose it with", function()
    assert.equal("ERR_INVALID_ARG_TYPE", raised(Readable.compose, Readable.from({ "a" })).code)
  end)
end)

describe("duplexPair", function()
  it("reads here what is written there, with back-pressure", function()
    local one, other = stream.duplexPair()
    local got = gather(other)
    assert.is_true(one:write("hello "))
    one:finish("there")
    drain()
    assert.equal("hello there", got[1] .. got[2])
    assert.equal("end", got[3])
    other:finish("bye")
    local back = gather(one)
    drain()
    assert.same({ "bye", "end", "close" }, back)
  end)

  it("calls back once it has been read, if there is no room for more", function()
    local one, other = stream.duplexPair({ highWaterMark = 1 })
    local read = false
    one:write("x", function() read = true end)
    drain()
    assert.is_false(read)
    other:read()
    drain()
    assert.is_true(read)
  end)

  it("does not leave the other side waiting", function()
    local one, other = stream.duplexPair()
    local got = gather(other)
    one:destroy()
    drain()
    assert.equal("end", got[1])
    one, other = stream.duplexPair()
    one:on("error", quiet)
    got = gather(other)
    one:destroy(net.errors("bad"))
    drain()
    assert.same({ "close" }, got)
  end)
end)

describe("pipeline of what is no stream", function()
  it("goes from a list through functions to a function, whose result is told", function()
    local result
    stream.pipeline({ "a", "b" }, doubling, function(source)
      local all, chunk = "", source()
      while chunk do
        all = all .. chunk
        chunk = source()
      end
      return all
    end, function(...) result = { n = select("#", ...), ... } end)
    drain()
    assert.same({ n = 2, [2] = "aabb" }, result)
  end)

  it("fails with what a function raises, and destroys the rest", function()
    local source, failure = Readable({ read = quiet }), nil
    source:push("x")
    stream.pipeline(source, function(take)
      take()
      error("bad", 0)
    end, Writable({ write = quiet, objectMode = true }), function(err) failure = err end)
    drain()
    assert.equal("bad", failure.message)
    assert.is_true(source.destroyed)
  end)

  it("refuses a stream that is over", function()
    local gone = Writable({ write = quiet })
    gone:destroy()
    assert.equal("ERR_STREAM_UNABLE_TO_PIPE", raised(stream.pipeline, Readable({ read = quiet }), gone, quiet).code)
  end)

  it("calls back only when a destination that is slow to close has closed", function()
    local source, log = Readable({ read = quiet }), {}
    local closed
    local dest = Writable({
      write = function(_, _, _, callback) callback() end,
      destroy = function(_, err, callback) closed = function() callback(err) end end,
    })
    dest:on("close", function() log[#log + 1] = "close" end)
    stream.pipeline(source, dest, function(err) log[#log + 1] = err.message end)
    source:destroy(net.errors("bad"))
    drain()
    assert.same({}, log)
    closed()
    drain()
    assert.same({ "close", "bad" }, log)
  end)

  it("can leave the last one open", function()
    local written, over = {}, nil
    local dest = Writable({
      objectMode = true,
      write = function(_, chunk, _, callback)
        written[#written + 1] = chunk
        callback()
      end,
    })
    stream.pipeline({ "a", "b" }, dest, { ["end"] = false }, function(err) over = err or "over" end)
    drain()
    assert.same({ "a", "b" }, written)
    assert.equal("over", over)
    assert.is_true(dest.writable)
  end)

  it("is over with what its last function makes, though nobody reads it", function()
    local over
    stream.pipeline({ "a", "b" }, doubling, function(err) over = { err } end)
    drain()
    assert.same({}, over)
  end)

  it("takes nothing of an endless source when its signal has been aborted before", function()
    local asked, failure = 0, nil
    local function endless()
      asked = asked + 1
      return asked < 1000000 and "x" or nil
    end
    local sink = Writable({ write = function(_, _, _, callback) callback() end })
    stream.pipeline(endless, sink, { signal = net.AbortSignal.abort() }, function(err) failure = err end)
    drain()
    assert.equal("AbortError", failure.name)
    assert.equal(0, asked)
  end)
end)

describe("a signal", function()
  local function aborts(make)
    local controller = net.AbortController()
    local object, got = make(controller.signal)
    assert.is_false(object.destroyed)
    controller:abort("why")
    drain()
    assert.is_true(object.destroyed)
    assert.same({ "ABORT_ERR", "close" }, got)
    assert.equal("why", object.errored.cause)
    assert.equal("AbortError", object.errored.name)
    -- Nothing is left of it at the signal.
    assert.equal(0, controller.signal:listenerCount("abort"))
  end

  local OPTIONS = { read = quiet, write = quiet, transform = quiet }

  for _, name in ipairs({ "Readable", "Writable", "Duplex", "Transform" }) do
    it("as an option destroys a " .. name, function()
      aborts(function(signal)
        local options = { signal = signal }
        for key, value in pairs(OPTIONS) do
          options[key] = value
        end
        local object = stream[name](options)
        local got = {}
        object:on("error", function(err) got[#got + 1] = err.code end)
        object:on("close", function() got[#got + 1] = "close" end)
        return object, got
      end)
    end)
  end

  it("can be given to a stream later", function()
    aborts(function(signal)
      local object, got = Readable({ read = quiet }), {}
      assert.equal(object, stream.addAbortSignal(signal, object))
      object:on("error", function(err) got[#got + 1] = err.code end)
      object:on("close", function() got[#got + 1] = "close" end)
      return object, got
    end)
  end)

  it("destroys at once what gets one that is aborted", function()
    local object = Readable({ read = quiet, signal = net.AbortSignal.abort() })
    object:on("error", quiet)
    assert.is_true(object.destroyed)
    drain()
  end)

  it("has nobody listening to it once the stream is over", function()
    local controller = net.AbortController()
    local object = Readable({ read = quiet, signal = controller.signal })
    assert.equal(1, controller.signal:listenerCount("abort"))
    object:destroy()
    drain()
    assert.equal(0, controller.signal:listenerCount("abort"))
  end)

  it("ends `finished`, and leaves the stream alone", function()
    local controller, told = net.AbortController(), nil
    local object = Readable({ read = quiet })
    stream.finished(object, { signal = controller.signal }, function(err) told = err end)
    controller:abort()
    drain()
    assert.equal("ABORT_ERR", told.code)
    assert.is_false(object.destroyed)
    assert.equal(0, object:listenerCount("close"))
  end)

  it("ends a pipeline, and destroys what is in it", function()
    local controller, told = net.AbortController(), nil
    local source, dest = Readable({ read = quiet }), Writable({ write = quiet })
    stream.pipeline(source, dest, { signal = controller.signal }, function(err) told = err end)
    controller:abort()
    drain()
    assert.equal("ABORT_ERR", told.code)
    assert.is_true(source.destroyed)
    assert.is_true(dest.destroyed)
  end)

  it("has to be one", function()
    for _, wrong in ipairs({ 5, {}, "x" }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(Readable, { signal = wrong }).code)
      assert.equal("ERR_INVALID_ARG_TYPE", raised(Writable, { signal = wrong }).code)
      assert.equal("ERR_INVALID_ARG_TYPE", raised(stream.addAbortSignal, wrong, Readable()).code)
      assert.equal("ERR_INVALID_ARG_TYPE", raised(stream.finished, Readable(), { signal = wrong }, quiet).code)
    end
    local signal = net.AbortController().signal
    assert.equal("ERR_INVALID_ARG_TYPE", raised(stream.addAbortSignal, signal, {}).code)
  end)
end)

describe("destroy", function()
  it("ends a stream with an AbortError, if nobody says why, and leaves one that is over", function()
    for _, reason in ipairs({ false, net.errors("bad") }) do
      local object, told = Readable({ read = quiet }), nil
      object:on("error", function(err) told = err end)
      stream.destroy(object, reason or nil)
      assert.is_true(object.destroyed)
      drain()
      assert.equal(reason and "bad" or "The operation was aborted", told.message)
    end
    local object = Readable({ read = quiet, autoDestroy = false })
    object:push(nil)
    object:resume()
    drain()
    stream.destroy(object)
    drain()
    assert.is_nil(object.errored)
  end)

  it("is content with what has only close, or can only emit", function()
    local closed, log = 0, {}
    local object = stream.Stream()
    function object.close() closed = closed + 1 end
    stream.destroy(object)
    assert.equal(1, closed)
    object = stream.Stream()
    object:on("error", function(err) log[#log + 1] = err.message end)
    object:on("close", function() log[#log + 1] = "close" end)
    stream.destroy(object, net.errors("bad"))
    drain()
    assert.same({ "bad", "close" }, log)
  end)
end)

describe("finished", function()
  it("calls back with nothing, or with an error", function()
    local counts = {}
    local function count(...) counts[#counts + 1] = select("#", ...) end
    local object = Readable({ read = quiet })
    stream.finished(object, count)
    object:resume()
    object:push(nil)
    drain()
    stream.finished(object, count)
    drain()
    object = Readable({ read = quiet })
    object:on("error", quiet)
    stream.finished(object, count)
    object:destroy(net.errors("bad"))
    drain()
    stream.finished(object, count)
    drain()
    assert.same({ 0, 0, 1, 1 }, counts)
  end)
end)

describe("what is made of a Readable's chunks", function()
  local function five() return Readable.from({ 1, 2, 3, 4, 5 }) end

  -- The answer of `list:name(..., callback)`.
  local function answer(readable, name, ...)
    local result
    local arguments = { ... }
    arguments[#arguments + 1] = function(...) result = { ... } end
    readable[name](readable, (table.unpack or unpack)(arguments)) -- luacheck: ignore 143
    net.run()
    if result[1] then return nil, result[1].message or result[1] end
    return result[2]
  end

  local function twice(value) return value * 2 end
  local function is_even(value) return value % 2 == 0 end

  it("is another Readable", function()
    assert.same({ 2, 4, 6, 8, 10 }, answer(five():map(twice), "toArray"))
    assert.same({ 2, 4 }, answer(five():filter(is_even), "toArray"))
    assert.same({ 1, 1, 2, 2 }, answer(five():take(2):flatMap(function(v) return { v, v } end), "toArray"))
    assert.same({ 4, 5 }, answer(five():drop(3), "toArray"))
    assert.same({}, answer(five():take(0), "toArray"))
    -- What is no number is taken for one as Node does.
    assert.same({ 1, 2 }, answer(five():take("2"), "toArray"))
    assert.same({ 1 }, answer(five():take(true), "toArray"))
    assert.same({}, answer(five():take("cat"), "toArray"))
  end)

  it("is of a string what Readable.from makes of it, in a pipeline, too", function()
    for _, text in ipairs({ "", "text" }) do
      local got, over = "", nil
      local dest = stream.Writable({
        write = function(_, chunk, _, callback)
          got = got .. chunk
          callback()
        end,
      })
      stream.pipeline(text, dest, function(err) over = err or "over" end)
      net.run()
      assert.same({ text, "over" }, { got, over })
    end
  end)

  it("of flatMap goes through lists, iterators, coroutines and streams, and through nothing else", function()
    local function made(make) return answer(five():take(2):flatMap(make), "toArray") end
    assert.same({ 1, 2 }, made(function(value) return coroutine.create(function() coroutine.yield(value) end) end))
    assert.same({ "1", "2" }, made(function(value) return tostring(value):gmatch(".") end))
    assert.same({}, made(function() return {} end))
    local last = five()
    assert.same({ 1, 2, 3, 4, 5, 1, 2, 3, 4, 5 }, made(function() return five() end))
    assert.same({ 1, 2 }, answer(five():flatMap(function() return last end):take(2), "toArray"))
    assert.is_true(last.destroyed)
    local broken = Readable.from(function() error("broken", 0) end)
    assert.same({ n = 2, nil, "broken" }, { n = 2, made(function() return broken end) })
    for _, wrong in ipairs({ 1, true, "text", { key = 1 } }) do
      local _, message = made(function() return wrong end)
      assert.matches('The "iterable" argument must be an instance of Iterable.', message, 1, true)
    end
  end)

  it("gives each function a signal, which is aborted when nobody waits any more", function()
    local signals = {}
    local function note(value, given)
      signals[#signals + 1] = given.signal
      return value
    end
    answer(five():map(note):take(1), "toArray")
    answer(five(), "some", note)
    answer(five(), "reduce", function(_, value, given) return note(value, given) end, 0)
    assert.is_true(#signals >= 3)
    for _, signal in ipairs(signals) do
      assert.is_true(net.AbortSignal:isInstance(signal))
      assert.is_true(signal.aborted)
    end
  end)

  it("calls nothing when the signal has been aborted before", function()
    local source, failure = five(), nil
    source:forEach(error, { signal = net.AbortSignal.abort() }, function(err) failure = err end)
    net.run()
    assert.equal("AbortError", failure.name)
    assert.is_true(source.destroyed)
  end)

  it("takes no more chunks than are asked for, but one or two", function()
    local count, failure = 0, nil
    local function note(value)
      count = count + 1
      return value
    end
    Readable.from({ 1, 2, 3, 4, 5, 6 }):map(note):reduce(function(before, value)
      if before == 1 then error("enough", 0) end
      return value
    end, 0, function(err) failure = err end)
    net.run()
    assert.equal("enough", failure.message)
    assert.is_true(count <= 3, count)
  end)

  it("ends a source without end when there is enough", function()
    local count = 0
    local source = Readable.from(function()
      count = count + 1
      return count
    end)
    assert.same({ 1, 2, 3 }, answer(source:take(3), "toArray"))
    assert.is_true(source.destroyed)
  end)

  it("is an answer", function()
    assert.equal(15, answer(five(), "reduce", function(sum, value) return sum + value end, 0))
    assert.is_true(answer(five(), "some", is_even))
    assert.is_false(answer(five(), "every", is_even))
    assert.equal(2, answer(five(), "find", is_even))
    assert.is_nil(answer(five(), "find", function(value) return value > 5 end))
    local seen = {}
    answer(five(), "forEach", function(value) seen[#seen + 1] = value end)
    assert.same({ 1, 2, 3, 4, 5 }, seen)
  end)

  it("of reduce begins with the first chunk, where there is no initial value", function()
    local calls, got = 0, nil
    local function add(sum, value)
      calls = calls + 1
      return sum + value
    end
    five():reduce(add, nil, nil, function(...) got = { n = select("#", ...), ... } end)
    net.run()
    assert.same({ n = 2, nil, 15 }, got)
    assert.equal(4, calls)
    Readable.from({}):reduce(add, nil, nil, function(...) got = { ... } end)
    net.run()
    assert.same({ "ERR_MISSING_ARGS", "TypeError" }, { got[1].code, got[1].name })
    assert.equal("Reduce of an empty stream requires an initial value", got[1].message)
    assert.equal(7, Readable.from({ 7 }):reduce(add))
    assert.equal(4, calls)
  end)

  it("checks Node's options, though one call is over before the next", function()
    for name, bad in pairs({ concurrency = { 0, -1, "x", 0 / 0, math.huge }, highWaterMark = { -1, "x", 0 / 0 } }) do
      for _, value in ipairs(bad) do
        local source = five()
        assert.equal("ERR_OUT_OF_RANGE", raised(source.map, source, twice, { [name] = value }).code)
        assert.equal("ERR_OUT_OF_RANGE", raised(source.forEach, source, twice, { [name] = value }).code)
      end
    end
    assert.same({ 2, 4, 6, 8, 10 }, answer(five():map(twice, { concurrency = 2.5, highWaterMark = 0 }), "toArray"))
  end)

  it("fails with what a function raises, and with the source", function()
    local function bad() error("bad", 0) end
    for _, name in ipairs({ "map", "filter", "flatMap" }) do
      local source = five()
      local _, message = answer(source[name](source, bad), "toArray")
      assert.equal("bad", message)
      assert.is_true(source.destroyed)
    end
    for _, name in ipairs({ "forEach", "some", "every", "find" }) do
      local source = five()
      local _, message = answer(source, name, bad)
      assert.equal("bad", message)
      assert.is_true(source.destroyed)
    end
    local source = Readable({ read = function(self) self:destroy(net.errors("worse")) end })
    local _, message = answer(source:map(twice), "toArray")
    assert.equal("worse", message)
  end)

  it("is what a task waits for, where there is no callback", function()
    assert.same({ 1, 2 }, five():take(2):toArray())
    local task = net.async.run(function() return five():reduce(function(sum, value) return sum + value end, 0) end)
    assert.equal(15, task:await())
    task = net.async.run(function() five():forEach(function() error("bad", 0) end) end)
    assert.equal("bad", raised(task.await, task).message)
    local failure
    net.timers.setTimeout(function() failure = raised(five().toArray, five()) end, 1)
    net.run()
    assert.equal("ERR_INVALID_STATE", failure.code)
  end)

  it("raises for what is no function", function()
    for _, name in ipairs({ "map", "filter", "flatMap", "forEach", "reduce", "some", "every", "find" }) do
      local source = five()
      assert.equal("ERR_INVALID_ARG_TYPE", raised(source[name], source, 5).code)
    end
    assert.equal("ERR_OUT_OF_RANGE", raised(five().take, five(), -1).code)
  end)
end)
