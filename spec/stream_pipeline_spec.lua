local errors = require("uvnet.errors")
local raised = require("spec.support.raised")
local source_of = require("spec.support.chunks")
local stream = require("uvnet.stream")
local ticks = require("uvnet.runtime.ticks")

local Readable, Writable, Duplex, PassThrough = stream.Readable, stream.Writable, stream.Duplex, stream.PassThrough
local pipeline, finished = stream.pipeline, stream.finished
local drain, nextTick = ticks.drain, ticks.nextTick

local function quiet() end
local function readable() return Readable({ read = quiet }) end

local function writable(got)
  return Writable({
    write = function(_, chunk, _, callback)
      if got then got[#got + 1] = chunk end
      nextTick(callback)
    end,
  })
end

-- A callback which counts, and what it was called with.
local function callback()
  local record = { calls = 0 }
  function record.call(err)
    record.calls = record.calls + 1
    record.err = err
    record.code = err and (err.code or err.message)
  end
  return record
end

describe("finished", function()
  local function check(object, options, act, code)
    local done = callback()
    object:on("error", quiet)
    finished(object, options, done.call)
    act(object)
    drain()
    assert.equal(1, done.calls)
    assert.equal(code, done.code)
  end

  it("hears of the end", function()
    local object = readable():resume()
    check(object, nil, function() object:push(nil) end)
  end)

  it("hears of the finish", function()
    check(writable(), {}, function(object) object:finish("x") end)
  end)

  it("waits for both sides of a duplex", function()
    local through, done = PassThrough(), callback()
    finished(through, done.call)
    through:finish("x")
    drain()
    assert.equal(0, done.calls)
    through:resume()
    drain()
    assert.equal(1, done.calls)
    assert.is_nil(done.err)
  end)

  it("waits for one side only, if it is told to", function()
    check(PassThrough(), { readable = false }, function(object) object:finish("x") end)
    local duplex = Duplex({ read = quiet }):resume()
    check(duplex, { writable = false }, function() duplex:push(nil) end)
  end)

  it("hears of errors", function()
    check(readable(), nil, function(object) object:destroy(errors("bad")) end, "bad")
    check(writable(), nil, function(object) object:destroy(errors("bad")) end, "bad")
  end)

  it("hears of errors by close alone", function()
    check(readable(), { error = false }, function(object) object:destroy(errors("bad")) end, "bad")
  end)

  it("hears of a premature close", function()
    check(readable(), nil, function(object) object:destroy() end, "ERR_STREAM_PREMATURE_CLOSE")
    check(writable(), nil, function(object) object:destroy() end, "ERR_STREAM_PREMATURE_CLOSE")
    check(PassThrough(), nil, function(object)
      object:finish("unread")
      object:destroy()
    end, "ERR_STREAM_PREMATURE_CLOSE")
  end)

  it("hears of what is long over", function()
    local ended, failed, destroyed = readable(), writable(), writable()
    ended:resume():push(nil)
    failed:on("error", quiet):destroy(errors("bad"))
    destroyed:destroy()
    drain()
    check(ended, nil, quiet)
    check(failed, nil, quiet, "bad")
    check(destroyed, nil, quiet, "ERR_STREAM_PREMATURE_CLOSE")
  end)

  it("returns what takes its listeners away", function()
    local object, done = PassThrough(), callback()
    local before = #object:eventNames()
    local cleanup = finished(object, done.call)
    assert.equal(1, object:listenerCount("end"))
    cleanup()
    assert.equal(0, object:listenerCount("end") + object:listenerCount("finish") + object:listenerCount("close"))
    assert.equal(before, #object:eventNames())
    object:destroy()
    drain()
    assert.equal(0, done.calls)
  end)

  it("works for an object that only looks like a stream", function()
    local EventEmitter = require("uvnet.events")
    local Legacy = EventEmitter:extend("Legacy")
    function Legacy.write() end
    local legacy, done = Legacy(), callback()
    finished(legacy, done.call)
    legacy:emit("finish")
    assert.equal(1, done.calls)
    assert.is_nil(done.err)
  end)

  it("checks its arguments", function()
    assert.equal(
      'The "stream" argument must be an instance of ReadableStream, WritableStream, or Stream. '
        .. "Received an instance of Object",
      raised(finished, {}, quiet).message
    )
    assert.equal(
      'The "callback" argument must be of type function. Received undefined',
      raised(finished, readable()).message
    )
    assert.equal(
      'The "options" argument must be of type object. Received type number (5)',
      raised(finished, readable(), 5, quiet).message
    )
  end)
end)

describe("pipeline", function()
  it("moves all, then calls back once", function()
    local got, done = {}, callback()
    local last = writable(got)
    assert.equal(last, pipeline(source_of("a", "b"), PassThrough(), last, done.call))
    drain()
    assert.equal("ab", table.concat(got))
    assert.equal(1, done.calls)
    assert.is_nil(done.err)
  end)

  it("takes a list", function()
    local got, done = {}, callback()
    pipeline({ source_of("x"), writable(got) }, done.call)
    drain()
    assert.same({ "x" }, got)
    assert.equal(1, done.calls)
  end)

  it("destroys all when one fails", function()
    for failing = 1, 3 do
      local done = callback()
      local streams = { readable(), PassThrough(), writable() }
      pipeline(streams, done.call)
      streams[failing]:destroy(errors("broken"))
      drain()
      assert.equal(1, done.calls)
      assert.equal("broken", done.code)
      for i = 1, 3 do
        assert.is_true(streams[i].destroyed, failing .. " " .. i)
      end
    end
  end)

  it("destroys all when one is closed before its time", function()
    for closing = 1, 3 do
      local done = callback()
      local streams = { readable(), PassThrough(), writable() }
      pipeline(streams, done.call)
      streams[closing]:destroy()
      drain()
      assert.equal("ERR_STREAM_PREMATURE_CLOSE", done.code)
      assert.is_true(streams[1].destroyed and streams[2].destroyed and streams[3].destroyed)
    end
  end)

  it("keeps the error that came first", function()
    local done = callback()
    local from = Readable({ read = quiet, destroy = function(_, _, after) after(errors("second")) end })
    local to = writable()
    pipeline(from, to, done.call)
    to:destroy(errors("first"))
    drain()
    assert.equal("first", done.code)
    assert.equal(1, done.calls)
  end)

  it("leaves no listeners on a last stream that is to be read", function()
    local done, last = callback(), PassThrough()
    local before = last:listenerCount("error")
    pipeline(source_of("a"), last, done.call)
    last:resume()
    drain()
    assert.equal(1, done.calls)
    assert.equal(before, last:listenerCount("error"))
    assert.equal(0, last:listenerCount("finish"))
  end)

  it("checks its arguments", function()
    assert.equal("ERR_INVALID_ARG_TYPE", raised(pipeline, readable(), writable()).code)
    assert.equal('The "streams" argument must be specified', raised(pipeline, readable(), quiet).message)
    assert.equal('The "streams" argument must be specified', raised(pipeline, {}, quiet).message)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(pipeline, writable(), writable(), quiet).code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(pipeline, readable(), readable(), quiet).code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(pipeline, readable(), 5, quiet).code)
  end)
end)
