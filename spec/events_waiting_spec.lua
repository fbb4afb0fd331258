--- What Node's `events` has beside its class: `once` and `on` that wait, and what asks about listeners.

local errors = require("uvnet.errors")
local net = require("uvnet")
local raised = require("spec.support.raised")
local ticks = require("uvnet.runtime.ticks")

local events = net.events
local drain = ticks.drain

local function quiet() end

-- A callback that keeps what it gets.
local function keeper()
  local kept = {}
  return kept, function(...) kept[#kept + 1] = { n = select("#", ...), ... } end
end

describe("events.once", function()
  it("tells a callback what the event's listeners get, nil first", function()
    local emitter = events()
    local kept, callback = keeper()
    events.once(emitter, "x", {}, callback)
    emitter:emit("x", 1, nil, 3)
    emitter:emit("x", 2)
    assert.same({ { n = 4, nil, 1, nil, 3 } }, kept)
    assert.same({}, emitter:eventNames())
  end)

  it("is told an error that comes first, which is no error of its own", function()
    local emitter = events()
    local kept, callback = keeper()
    local err = errors("bad")
    events.once(emitter, "x", {}, callback)
    emitter:emit("error", err)
    assert.same({ { n = 1, err } }, kept)
    assert.same({}, emitter:eventNames())
    events.once(emitter, "error", {}, callback)
    emitter:emit("error", err)
    assert.same({ n = 2, nil, err }, kept[2])
  end)

  it("is ended by a signal, and leaves nothing behind", function()
    local emitter, controller = events(), net.AbortController()
    local kept, callback = keeper()
    events.once(emitter, "x", { signal = controller.signal }, callback)
    controller:abort("why")
    assert.equal("ABORT_ERR", kept[1][1].code)
    assert.equal("why", kept[1][1].cause)
    assert.same({}, emitter:eventNames())
    events.once(emitter, "x", { signal = controller.signal }, callback)
    drain()
    assert.equal("ABORT_ERR", kept[2][1].code)
    controller = net.AbortController()
    events.once(emitter, "x", { signal = controller.signal }, callback)
    emitter:emit("x")
    assert.equal(0, controller.signal:listenerCount("abort"))
  end)

  it("is of an emitter", function()
    for _, wrong in ipairs({ {}, "x", { on = quiet } }) do
      local err = raised(events.once, wrong, "x", {}, quiet)
      assert.equal("ERR_INVALID_ARG_TYPE", err.code)
      assert.matches('The "emitter" argument must be an instance of EventEmitter.', err.message, 1, true)
      assert.equal("ERR_INVALID_ARG_TYPE", raised(events.on, wrong, "x", { close = {} }).code)
    end
  end)

  it("waits for the end of a signal", function()
    local controller = net.AbortController()
    local kept, callback = keeper()
    events.once(controller.signal, "abort", {}, callback)
    controller:abort()
    assert.equal("abort", kept[1][2].type)
  end)

  it("is the method where there is a listener, and refuses what is neither", function()
    local emitter = events()
    local kept, callback = keeper()
    events.once(emitter, "x", callback)
    emitter:emit("x", 1)
    assert.same({ { n = 1, 1 } }, kept)
    for _, wrong in ipairs({ 5, "x", {}, { 1 }, { other = 1 } }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(emitter.once, emitter, "x", wrong).code)
      assert.equal("ERR_INVALID_ARG_TYPE", raised(emitter.on, emitter, "x", wrong).code)
    end
    assert.equal("ERR_INVALID_ARG_TYPE", raised(emitter.once, emitter, "x").code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(events.once, emitter, "x", { signal = 5 }, quiet).code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(events.once, emitter, "x", 5, quiet).code)
  end)
end)

describe("events.on", function()
  local HIGH = { highWaterMark = 1000 }

  it("keeps what comes until it is asked for, and who asks until something comes", function()
    local emitter = events()
    local kept, callback = keeper()
    local iterator = events.on(emitter, "x", HIGH)
    emitter:emit("x", 1, nil)
    emitter:emit("x", 2)
    for _ = 1, 3 do
      iterator:next(callback)
    end
    drain()
    assert.same({ { n = 2, [2] = { n = 2, 1 } }, { n = 2, [2] = { n = 1, 2 } } }, kept)
    emitter:emit("x", 3)
    drain()
    assert.same({ n = 2, [2] = { n = 1, 3 } }, kept[3])
    iterator:close()
    assert.same({}, emitter:eventNames())
  end)

  it("gives what came before an error, then the error, then the end", function()
    local emitter, err = events(), errors("bad")
    local kept, callback = keeper()
    local iterator = events.on(emitter, "x", HIGH)
    emitter:emit("x", 1)
    emitter:emit("error", err)
    for _ = 1, 3 do
      iterator:next(callback)
    end
    drain()
    assert.same({ n = 2, [2] = { n = 1, 1 } }, kept[1])
    assert.equal(err, kept[2][1])
    assert.is_nil(kept[3][1])
    assert.is_nil(kept[3][2])
    assert.same({}, emitter:eventNames())
  end)

  it("is ended by the events that are to, by a signal, and by hand", function()
    local emitter, controller = events(), net.AbortController()
    local kept, callback = keeper()
    local iterator = events.on(emitter, "x", { close = { "done" } })
    iterator:next(callback)
    emitter:emit("done")
    drain()
    assert.is_nil(kept[1][2])
    assert.same({}, emitter:eventNames())
    iterator = events.on(emitter, "x", { signal = controller.signal })
    iterator:next(callback)
    controller:abort()
    drain()
    assert.equal("ABORT_ERR", kept[2][1].code)
    assert.equal("ABORT_ERR", raised(events.on, emitter, "x", { signal = controller.signal }).code)
    iterator = events.on(emitter, "x", HIGH)
    local err = errors("bad")
    iterator:throw(err)
    iterator:next(callback)
    drain()
    assert.equal(err, kept[3][1])
    assert.equal("ERR_INVALID_ARG_TYPE", raised(iterator.throw, iterator, "text").code)
  end)

  it("pauses an emitter that is too fast, and resumes it", function()
    local emitter, log = events(), {}
    function emitter.pause() log[#log + 1] = "pause" end
    function emitter.resume() log[#log + 1] = "resume" end
    local iterator = events.on(emitter, "x", { highWaterMark = 2, lowWaterMark = 1 })
    for i = 1, 3 do
      emitter:emit("x", i)
    end
    assert.same({ "pause" }, log)
    iterator:next(quiet)
    iterator:next(quiet)
    assert.same({ "pause" }, log)
    iterator:next(quiet)
    assert.same({ "pause", "resume" }, log)
    iterator:close()
    drain()
    assert.equal("ERR_OUT_OF_RANGE", raised(events.on, emitter, "x", { highWaterMark = 0 }).code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(events.on, emitter, "x", { lowWaterMark = "1" }).code)
  end)
end)

describe("in a task", function()
  local async = net.async

  local function later(fn) net.timers.setTimeout(fn, 1) end

  it("once waits for the event's values, and raises an error that comes first", function()
    local emitter = events()
    local values = async.run(function()
      later(function() emitter:emit("x", 1, nil, 3) end)
      return { n = select("#", events.once(emitter, "x")) }
    end):await()
    assert.equal(3, values and values.n)
    local task = async.run(function()
      later(function() emitter:emit("error", errors("bad")) end)
      return events.once(emitter, "x", {})
    end)
    assert.equal("bad", raised(task.await, task).message)
    assert.same({}, emitter:eventNames())
  end)

  it("both leave nothing behind when the task is cancelled, or a signal ends the wait", function()
    local emitter, controller = events(), net.AbortController()
    local task = async.run(function() events.once(emitter, "x") end)
    task:cancel()
    assert.same({}, emitter:eventNames())
    task = async.run(function()
      later(function() controller:abort() end)
      events.once(emitter, "x", { signal = controller.signal })
    end)
    assert.equal("ABORT_ERR", raised(task.await, task).code)
    assert.same({}, emitter:eventNames())
  end)

  it("on goes from event to event", function()
    local emitter = events()
    local got = async.run(function()
      later(function()
        emitter:emit("x", 1)
        emitter:emit("x", 2)
        emitter:emit("done")
      end)
      local list = {}
      local iterator = events.on(emitter, "x", { close = { "done" } })
      local args = iterator:next()
      while args do
        list[#list + 1] = args[1]
        args = iterator:next()
      end
      return list
    end):await()
    assert.same({ 1, 2 }, got)
    assert.same({}, emitter:eventNames())
  end)
end)

describe("events", function()
  it("knows the listeners of an emitter and of a signal", function()
    local emitter, signal = events(), net.AbortController().signal
    emitter:on("x", quiet)
    emitter:once("x", print)
    assert.same({ quiet, print }, events.getEventListeners(emitter, "x"))
    assert.same({}, events.getEventListeners(emitter, "y"))
    signal:on("abort", quiet)
    assert.same({ quiet }, events.getEventListeners(signal, "abort"))
    assert.equal("ERR_INVALID_ARG_TYPE", raised(events.getEventListeners, 5, "x").code)
    assert.equal(1, events.listenerCount(signal, "abort"))
  end)

  it("has a function called at a signal's end, once, or in a tick if that has been", function()
    local controller, called = net.AbortController(), {}
    local function listener(event)
      called[#called + 1] = event.type
      assert.is_true(event.isTrusted)
      assert.equal(controller.signal, event.target)
    end
    events.addAbortListener(controller.signal, listener)
    events.addAbortListener(controller.signal, listener):dispose()
    controller:abort()
    assert.same({ "abort" }, called)
    local disposable = events.addAbortListener(controller.signal, listener)
    assert.equal(1, #called)
    drain()
    assert.equal(2, #called)
    disposable:dispose()
    assert.equal("ERR_INVALID_ARG_TYPE", raised(events.addAbortListener, nil, quiet).code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(events.addAbortListener, {}, quiet).code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(events.addAbortListener, controller.signal, 5).code)
  end)

  it("sets the limit of many, or of all", function()
    local one, other = events(), events()
    events.setMaxListeners(3, one, other)
    assert.equal(3, one:getMaxListeners())
    assert.equal(3, other:getMaxListeners())
    local before = events.defaultMaxListeners
    events.setMaxListeners(before + 1)
    assert.equal(before + 1, events():getMaxListeners())
    events.defaultMaxListeners = before
    assert.equal("ERR_OUT_OF_RANGE", raised(events.setMaxListeners, -1, one).code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(events.setMaxListeners, 1, {}).code)
  end)
end)
