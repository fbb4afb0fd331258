--- AbortController and AbortSignal.

local net = require("net")
local raised = require("spec.support.raised")
local testing = require("uvnet.testing")

local AbortController, AbortSignal = net.AbortController, net.AbortSignal

local function nothing() end

-- What comes out of `run`, until nothing does.
local function run_all()
  local errors = {}
  while true do
    local ok, err = pcall(net.run)
    if ok then return errors end
    errors[#errors + 1] = err
  end
end

describe("AbortController", function()
  testing.leakCheck(before_each, after_each)

  it("has a signal that is not aborted", function()
    local controller = AbortController()
    assert.is_true(AbortSignal:isInstance(controller.signal))
    assert.is_true(net.events:isInstance(controller.signal))
    assert.is_false(controller.signal.aborted)
    assert.is_nil(controller.signal.reason)
    controller.signal:throwIfAborted()
    assert.truthy(tostring(controller.signal):find("AbortSignal: .* %(not aborted%)"))
  end)

  it("aborts its signal once, with an AbortError or the reason that is given", function()
    local controller = AbortController()
    local log = {}
    controller.signal:on("abort", function(event) log[#log + 1] = event end)
    controller:abort()
    controller:abort("again")
    assert.equal(1, #log)
    assert.equal("abort", log[1].type)
    assert.equal(controller.signal, log[1].target)
    assert.is_true(controller.signal.aborted)
    local reason = controller.signal.reason
    assert.is_true(net.errors:isInstance(reason))
    assert.same({ "AbortError", 20, "This operation was aborted" }, { reason.name, reason.code, reason.message })
    assert.equal("AbortError: This operation was aborted", tostring(reason))
    assert.equal(reason, raised(controller.signal.throwIfAborted, controller.signal))
    assert.truthy(tostring(controller):find("%(aborted%)"))

    local other = AbortController()
    other:abort(false)
    assert.is_false(other.signal.reason)
  end)

  it("wants a colon", function()
    assert.equal("ERR_INVALID_THIS", raised(AbortController().abort).code)
    assert.equal("ERR_INVALID_THIS", raised(AbortController().signal.throwIfAborted, {}).code)
  end)
end)

describe("AbortSignal", function()
  testing.leakCheck(before_each, after_each)

  local controller, signal, log
  before_each(function()
    controller = AbortController()
    signal, log = controller.signal, {}
  end)
  local function note(name) return function() log[#log + 1] = name end end

  it("cannot be made by hand", function()
    assert.same({ "TypeError", "ERR_ILLEGAL_CONSTRUCTOR" }, { raised(AbortSignal).name, raised(AbortSignal).code })
  end)

  it("lets a listener keep others from being called, but for who waits for the end", function()
    controller = net.AbortController()
    local heard = {}
    controller.signal:addEventListener("abort", function(event)
      heard[#heard + 1] = "first"
      event:stopImmediatePropagation()
    end)
    controller.signal:on("abort", function() heard[#heard + 1] = "never" end)
    net.events.addAbortListener(controller.signal, function() heard[#heard + 1] = "watcher" end)
    controller:abort()
    assert.same({ "first", "watcher" }, heard)
  end)

  it("calls its listeners in their order, by whichever name they came", function()
    signal:on("abort", note("on"))
    signal.onabort = note("onabort")
    signal:addEventListener("abort", note("added"))
    signal:once("abort", note("once"))
    signal:addEventListener("abort", note("added once"), { once = true })
    signal:prependListener("abort", note("first"))
    controller:abort()
    assert.same({ "first", "on", "onabort", "added", "once", "added once" }, log)
    assert.equal(4, signal:listenerCount("abort"))
  end)

  it("takes a listener once, however often it comes", function()
    local listener = note("called")
    signal:addEventListener("abort", listener, { once = true })
    signal:addEventListener("abort", listener)
    signal:on("abort", listener)
    signal:once("abort", listener)
    signal:prependListener("abort", listener)
    assert.equal(1, signal:listenerCount("abort"))
    controller:abort()
    assert.same({ "called" }, log)
  end)

  it("has as many listeners as come, without a warning", function()
    local warn, warned = net.events.warn, false
    net.events.warn = function() warned = true end
    for i = 1, 100 do
      signal:on("abort", note(i))
    end
    net.events.warn = warn
    controller:abort()
    assert.is_false(warned)
    assert.equal(100, #log)
  end)

  it("does not call who is removed before it is his turn, nor who comes meanwhile", function()
    local second, third = note("second"), note("third")
    signal:on("abort", function()
      log[#log + 1] = "first"
      signal:removeEventListener("abort", second)
      signal:on("abort", note("new"))
    end)
    signal:on("abort", second)
    signal:once("abort", third)
    controller:abort()
    assert.same({ "first", "third" }, log)
  end)

  it("does not call who is removed with all others meanwhile", function()
    signal:on("abort", function() signal:removeAllListeners() end)
    signal:on("abort", note("second"))
    controller:abort()
    assert.same({}, log)
  end)

  it("calls all, whatever one of them raises: that comes out of run", function()
    local mine = {}
    signal:on("abort", function() error(mine) end)
    signal:once("abort", function() error("text") end)
    signal:on("abort", note("third"))
    controller:abort()
    assert.same({ "third" }, log)
    local errors = run_all()
    assert.equal(2, #errors)
    assert.equal(mine, errors[1])
    assert.truthy(errors[2]:find("abort_spec.lua:%d+: text"))
  end)

  it("has one onabort, that can be taken away", function()
    signal.onabort = note("first")
    signal.onabort = note("second")
    controller:abort()
    assert.same({ "second" }, log)
    local other = AbortController()
    other.signal.onabort = note("other")
    assert.equal("function", type(other.signal.onabort))
    other.signal.onabort = nil
    assert.is_nil(other.signal.onabort)
    assert.equal(0, other.signal:listenerCount("abort"))
    other.signal.onabort = 5
    assert.is_nil(other.signal.onabort)
    other:abort()
    assert.same({ "second" }, log)
  end)

  it("lets nobody set what it tells", function()
    for _, field in ipairs({ "aborted", "reason" }) do
      assert.equal("TypeError", raised(function() signal[field] = true end).name)
    end
  end)

  it("takes a listener away when another signal is aborted", function()
    local stop = AbortController()
    signal:addEventListener("abort", note("called"), { signal = stop.signal })
    stop:abort()
    assert.equal(0, signal:listenerCount("abort"))
    signal:addEventListener("abort", note("called"), { signal = stop.signal })
    controller:abort()
    assert.same({}, log)
  end)

  it("refuses what is no listener", function()
    for _, name in ipairs({ "addEventListener", "removeEventListener", "on" }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(signal[name], signal, "abort", 5).code)
    end
    assert.equal("ERR_MISSING_ARGS", raised(signal.addEventListener, signal, "abort").code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(signal.addEventListener, signal, "abort", nothing, { signal = 1 }).code)
  end)

  it("can be made aborted, with a reason or without", function()
    assert.is_true(AbortSignal.abort().aborted)
    assert.equal("AbortError", AbortSignal.abort().reason.name)
    assert.equal("why", AbortSignal.abort("why").reason)
    assert.equal("why", raised(AbortSignal.throwIfAborted, AbortSignal.abort("why")))
  end)

  describe("timeout", function()
    -- It keeps nothing running by itself.
    local function wait_for(condition)
      local timer = net.timers.setInterval(nothing, 1)
      testing.run(condition)
      timer:close()
    end

    it("aborts after its time, with a TimeoutError", function()
      local timeout = AbortSignal.timeout(5)
      timeout.onabort = note("timeout")
      assert.is_false(timeout.aborted)
      wait_for(function() return timeout.aborted end)
      assert.same({ "timeout" }, log)
      assert.same({ "TimeoutError", 23, "The operation was aborted due to timeout" },
        { timeout.reason.name, timeout.reason.code, timeout.reason.message })
    end)

    it("keeps nothing running", function()
      local timeout = AbortSignal.timeout(4294967295)
      timeout.onabort = note("timeout")
      assert.is_false(net.run())
      assert.is_false(timeout.aborted)
    end)

    it("checks its time", function()
      for _, wrong in ipairs({ "5", {}, true }) do
        assert.equal("ERR_INVALID_ARG_TYPE", raised(AbortSignal.timeout, wrong).code)
      end
      for _, wrong in ipairs({ -1, 1.5, 4294967296, 0 / 0, math.huge }) do
        assert.equal("ERR_OUT_OF_RANGE", raised(AbortSignal.timeout, wrong).code)
      end
    end)

    it("comes to who listens, though nobody holds it; and is collected where nobody would notice", function()
      AbortSignal.timeout(20):on("abort", note("listens"))
      AbortSignal.any({ AbortSignal.timeout(20), signal }):on("abort", note("listens to any"))
      local held = setmetatable({ AbortSignal.timeout(1000) }, { __mode = "v" })
      collectgarbage()
      collectgarbage()
      assert.is_nil(held[1])
      wait_for(function() return #log == 2 end)
      assert.same({ "listens", "listens to any" }, log)
    end)
  end)

  describe("any", function()
    it("is aborted with the first, for its reason, before anybody is called", function()
      local other = AbortController()
      local any = AbortSignal.any({ signal, other.signal })
      other.signal:on("abort", function() log[#log + 1] = any.aborted end)
      any:on("abort", note("any"))
      assert.is_false(any.aborted)
      other:abort("other")
      controller:abort("first")
      assert.same({ true, "any" }, log)
      assert.equal("other", any.reason)
    end)

    it("can be made of itself, and of those that are aborted", function()
      local any = AbortSignal.any({ AbortSignal.any({ signal }), AbortSignal.any({}) })
      assert.is_false(any.aborted)
      controller:abort("why")
      assert.equal("why", any.reason)
      assert.equal(1, AbortSignal.any({ AbortController().signal, AbortSignal.abort(1), AbortSignal.abort(2) }).reason)
    end)

    it("refuses what is no list of signals", function()
      for _, wrong in ipairs({ 5, "x", { a = 1 }, { {} }, { 1 }, { { aborted = false } } }) do
        assert.same({ "TypeError", "ERR_INVALID_ARG_TYPE" },
          { raised(AbortSignal.any, wrong).name, raised(AbortSignal.any, wrong).code })
      end
      assert.equal("ERR_INVALID_ARG_TYPE", raised(AbortSignal.any).code)
      assert.equal("ERR_INVALID_ARG_TYPE", raised(AbortSignal.any, signal).code)
    end)

    it("leaves nothing behind in what it was made of", function()
      for i = 1, 20000 do
        AbortSignal.any({ signal })
        if i % 100 == 0 then collectgarbage() end
      end
      assert.is_true(#rawget(signal, "_dependents") < 2000)
    end)

    it("is kept while somebody listens, and let go with him", function()
      local held = setmetatable({}, { __mode = "v" })
      local listener = note("any")
      do
        local any = AbortSignal.any({ signal })
        any:on("abort", listener)
        held[1] = any
      end
      collectgarbage()
      collectgarbage()
      assert.truthy(held[1])
      held[1]:removeListener("abort", listener)
      collectgarbage()
      collectgarbage()
      assert.is_nil(held[1])
    end)
  end)

  it("bears ten thousand who listen and stop", function()
    local abort = require("uvnet.base.abort")
    local stops = {}
    for i = 1, 10000 do
      stops[i] = abort.watch(signal, function()
        log[#log + 1] = i
        stops[i]()
      end)
    end
    stops[5000]()
    local began = os.clock()
    controller:abort()
    assert.is_true(os.clock() - began < 2)
    assert.equal(9999, #log)
    assert.equal(0, signal:listenerCount("abort"))
  end)
end)
