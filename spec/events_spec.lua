local errors = require("uvnet.errors")
local EventEmitter = require("uvnet.events")
local raised = require("spec.support.raised")

local function nothing() end

describe("EventEmitter", function()
  local emitter, seen

  -- A listener that notes its name and the first argument that it got.
  local function note(name)
    return function(value) seen[#seen + 1] = value == nil and name or name .. tostring(value) end
  end

  before_each(function()
    emitter = EventEmitter()
    seen = {}
  end)

  describe("emit", function()
    it("calls listeners in the order in which they were added, with the event's arguments", function()
      local got = {}
      emitter:on("a", function(...) got[#got + 1] = { n = select("#", ...), ... } end)
      emitter:on("a", function(...) got[#got + 1] = { n = select("#", ...), ... } end)
      emitter:emit("a", 1, nil, "x", nil)
      assert.same({ { n = 4, 1, nil, "x", nil }, { n = 4, 1, nil, "x", nil } }, got)
    end)

    it("tells whether there was a listener", function()
      emitter:on("a", nothing)
      assert.is_true(emitter:emit("a"))
      assert.is_false(emitter:emit("b"))
      emitter:off("a", nothing)
      assert.is_false(emitter:emit("a"))
    end)

    it("takes any value but nil as an event's name; a number is the string of it, as in Node", function()
      local key = {}
      emitter:on(key, note("table")):on(7, note("number")):on(true, note("boolean"))
      emitter:emit(key)
      emitter:emit(7)
      emitter:emit(true)
      emitter:emit("7")
      assert.same({ "table", "number", "boolean", "number" }, seen)
      assert.same({ key, "7", true }, emitter:eventNames())
      assert.equal(1, emitter:listenerCount(7))
      emitter:removeAllListeners(7)
      assert.same({ key, true }, emitter:eventNames())
    end)

    it("keeps the names in the order in which they came, whichever come and go", function()
      local names = { "data", "error", "close", true, false, {}, "end" }
      local state = 20211
      local function pick(count)
        state = state * 16807 % 2147483647
        return state % count + 1
      end
      for _ = 1, 300 do
        local fresh, expected = EventEmitter(), {}
        for _ = 1, 20 do
          local name, place = names[pick(#names)], nil
          for i, one in ipairs(expected) do
            if one == name then place = i end
          end
          if place then
            fresh:removeListener(name, nothing)
            table.remove(expected, place)
          else
            fresh:on(name, nothing)
            expected[#expected + 1] = name
          end
          assert.same(expected, fresh:eventNames())
        end
      end
    end)

    it("lets an error of a listener out, and does not call those behind it", function()
      local boom = errors("boom")
      emitter:on("a", function() error(boom, 0) end)
      emitter:on("a", note("second"))
      assert.equal(boom, raised(emitter.emit, emitter, "a"))
      assert.same({}, seen)
    end)

    it("still calls a listener that was removed by one before it", function()
      local second = note("second")
      emitter:on("a", function()
        seen[#seen + 1] = "first"
        emitter:off("a", second)
      end)
      emitter:on("a", second)
      emitter:emit("a")
      emitter:emit("a")
      assert.same({ "first", "second", "first" }, seen)
    end)

    it("still calls all listeners when one removes all", function()
      emitter:on("a", function()
        seen[#seen + 1] = "first"
        emitter:removeAllListeners()
      end)
      emitter:on("a", note("second"))
      emitter:emit("a")
      emitter:emit("a")
      assert.same({ "first", "second" }, seen)
    end)

    it("does not call a listener that is added meanwhile", function()
      local added = note("added")
      emitter:on("a", function()
        seen[#seen + 1] = "first"
        emitter:on("a", added)
        emitter:prependListener("a", added)
      end)
      emitter:emit("a")
      assert.same({ "first" }, seen)
      seen = {}
      emitter:emit("a")
      assert.same({ "added", "first", "added" }, seen)
    end)

    it("may be called by a listener, and each of them sees the list as it was when it began", function()
      local depth = 0
      local function inner() seen[#seen + 1] = "inner" .. depth end
      emitter:on("a", function()
        depth = depth + 1
        if depth == 1 then
          emitter:on("a", inner)
          emitter:emit("a")
        end
        depth = depth - 1
      end)
      emitter:on("a", note("last"))
      emitter:emit("a")
      assert.same({ "last", "inner1", "last" }, seen)
    end)
  end)

  describe("error", function()
    it("without a listener is raised unchanged", function()
      local err = errors("boom")
      assert.equal(err, raised(emitter.emit, emitter, "error", err))
      local own = { mine = true }
      assert.equal(own, raised(emitter.emit, emitter, "error", own))
    end)

    it("without a listener and without an Error is raised as ERR_UNHANDLED_ERROR", function()
      local err = raised(emitter.emit, emitter, "error", "boom")
      assert.equal("ERR_UNHANDLED_ERROR", err.code)
      assert.equal("boom", err.context)
      assert.equal("Error [ERR_UNHANDLED_ERROR]: Unhandled error. ('boom')", tostring(err))
      assert.equal("Unhandled error. (42)", raised(emitter.emit, emitter, "error", 42).message)
      assert.equal("Unhandled error. (false)", raised(emitter.emit, emitter, "error", false).message)
      assert.equal("Unhandled error. (undefined)", raised(emitter.emit, emitter, "error").message)
    end)

    it("with a listener is an event like any other", function()
      emitter:on("error", note("error:"))
      assert.is_true(emitter:emit("error", "boom"))
      assert.same({ "error:boom" }, seen)
    end)

    it("is shown to errorMonitor first, which does not count as a listener of it", function()
      emitter:on(EventEmitter.errorMonitor, note("monitor:"))
      local err = errors("boom")
      assert.equal(err, raised(emitter.emit, emitter, "error", err))
      emitter:on("error", note("error:"))
      emitter:emit("error", "again")
      assert.same({ "monitor:Error: boom", "monitor:again", "error:again" }, seen)
    end)
  end)

  describe("once", function()
    it("calls the listener at the first event only", function()
      emitter:once("a", note("once"))
      emitter:emit("a", 1)
      emitter:emit("a", 2)
      assert.same({ "once1" }, seen)
    end)

    it("removes the listener before it is called", function()
      emitter:once("a", function()
        seen[#seen + 1] = emitter:listenerCount("a")
        emitter:emit("a")
      end)
      emitter:emit("a")
      assert.same({ 0 }, seen)
    end)

    it("tells removeListener of the listener itself, before it is called", function()
      local function listener() seen[#seen + 1] = "called" end
      emitter:on("removeListener", function(event, what)
        assert.equal("a", event)
        assert.equal(listener, what)
        seen[#seen + 1] = "removed"
      end)
      emitter:once("a", listener)
      emitter:emit("a")
      emitter:once("a", listener)
      emitter:off("a", listener)
      assert.same({ "removed", "called", "removed" }, seen)
    end)

    it("can be taken back with the listener, or with what rawListeners shows", function()
      emitter:once("a", nothing)
      emitter:off("a", nothing)
      assert.equal(0, emitter:listenerCount("a"))
      emitter:once("a", nothing)
      emitter:off("a", emitter:rawListeners("a")[1])
      assert.equal(0, emitter:listenerCount("a"))
    end)

    it("stays beside other listeners in its place", function()
      emitter:on("a", note("1"))
      emitter:once("a", note("2"))
      emitter:on("a", note("3"))
      emitter:emit("a")
      emitter:emit("a")
      assert.same({ "1", "2", "3", "1", "3" }, seen)
    end)
  end)

  it("puts prepended listeners first", function()
    emitter:on("a", note("1"))
    emitter:prependOnceListener("a", note("2"))
    emitter:prependListener("a", note("3"))
    emitter:emit("a")
    emitter:emit("a")
    assert.same({ "3", "2", "1", "3", "1" }, seen)
  end)

  it("chains", function()
    assert.equal(emitter, emitter:on("a", nothing))
    assert.equal(emitter, emitter:addListener("a", nothing))
    assert.equal(emitter, emitter:once("a", nothing))
    assert.equal(emitter, emitter:prependListener("a", nothing))
    assert.equal(emitter, emitter:prependOnceListener("a", nothing))
    assert.equal(emitter, emitter:off("a", nothing))
    assert.equal(emitter, emitter:removeListener("a", nothing))
    assert.equal(emitter, emitter:removeListener("unknown", nothing))
    assert.equal(emitter, emitter:removeAllListeners("unknown"))
    assert.equal(emitter, emitter:removeAllListeners())
    assert.equal(emitter, emitter:setMaxListeners(3))
  end)

  describe("newListener", function()
    it("comes before the listener is there, also for a second one", function()
      emitter:on("newListener", function(event, listener)
        assert.equal(nothing, listener)
        seen[#seen + 1] = event .. emitter:listenerCount(event)
      end)
      emitter:on("a", nothing)
      emitter:once("a", nothing)
      emitter:prependListener("b", nothing)
      assert.same({ "a0", "a1", "b0" }, seen)
    end)

    it("is not told of itself, but of the next listener of its own", function()
      emitter:on("newListener", note(""))
      emitter:on("newListener", nothing)
      emitter:on("x", nothing)
      assert.same({ "newListener", "x" }, seen)
    end)

    it("may add a listener, which then stands before the announced one", function()
      emitter:once("newListener", function() emitter:on("a", note("B")) end)
      emitter:on("a", note("A"))
      emitter:emit("a")
      assert.same({ "B", "A" }, seen)
    end)

    it("that raises prevents the addition", function()
      emitter:on("newListener", function() error("no", 0) end)
      assert.equal("no", raised(emitter.on, emitter, "a", nothing))
      assert.equal(0, emitter:listenerCount("a"))
    end)

    it("may remove every listener", function()
      emitter:on("newListener", function() emitter:removeAllListeners() end)
      emitter:on("a", nothing)
      assert.same({ "a" }, emitter:eventNames())
    end)
  end)

  describe("removeListener", function()
    it("removes one of several equal listeners, the last that was added", function()
      local other = note("other")
      emitter:on("a", nothing):on("a", other):on("a", nothing)
      emitter:removeListener("a", nothing)
      assert.same({ nothing, other }, emitter:listeners("a"))
    end)

    it("is announced when the listener is gone", function()
      emitter:on("removeListener", function(event, listener)
        assert.equal(nothing, listener)
        seen[#seen + 1] = event .. emitter:listenerCount(event)
      end)
      emitter:on("a", nothing):on("a", nothing)
      emitter:off("a", nothing)
      emitter:off("a", nothing)
      emitter:off("a", nothing)
      assert.same({ "a1", "a0" }, seen)
    end)
  end)

  describe("removeAllListeners", function()
    local first, second = function() end, function() return 2 end

    local function watch()
      emitter:on("removeListener", function(event, listener)
        seen[#seen + 1] = event .. (listener == first and "1" or listener == second and "2" or "?")
      end)
    end

    it("removes the listeners of one event", function()
      emitter:on("a", first):on("a", second):on("b", first)
      emitter:removeAllListeners("a")
      assert.same({ "b" }, emitter:eventNames())
      assert.equal(0, emitter:listenerCount("a"))
    end)

    it("removes the listeners of all events", function()
      emitter:on("a", first):on("b", first)
      emitter:removeAllListeners()
      assert.same({}, emitter:eventNames())
      assert.is_false(emitter:emit("a"))
    end)

    it("announces each, the last that came first", function()
      watch()
      emitter:on("a", first):on("b", first):on("a", second)
      emitter:removeAllListeners("a")
      assert.same({ "a2", "a1" }, seen)
      assert.same({ "removeListener", "b" }, emitter:eventNames())
    end)

    it("announces those of all events, and ends with the listeners of removeListener", function()
      emitter:on("a", first):on("a", second):on("b", first)
      watch()
      emitter:removeAllListeners()
      assert.same({ "a2", "a1", "b1" }, seen)
      assert.same({}, emitter:eventNames())
    end)

    it("leaves what is added while it announces", function()
      emitter:on("removeListener", function() emitter:on("a", second) end)
      emitter:on("a", first)
      emitter:removeAllListeners("a")
      assert.same({ second }, emitter:listeners("a"))
    end)
  end)

  describe("asked about listeners", function()
    it("gives copies of its lists", function()
      emitter:on("a", nothing)
      local list = emitter:listeners("a")
      list[2] = note("x")
      assert.same({ nothing }, emitter:listeners("a"))
      assert.same({}, emitter:listeners("b"))
      assert.same({}, emitter:rawListeners("b"))
    end)

    it("shows those of once as they were given, and their wrappers in rawListeners", function()
      local listener = note("called")
      emitter:once("a", listener):on("a", nothing)
      assert.same({ listener, nothing }, emitter:listeners("a"))
      local raw = emitter:rawListeners("a")
      assert.equal(nothing, raw[2])
      assert.equal(listener, raw[1].listener)
      raw[1].listener(1)
      assert.equal(2, emitter:listenerCount("a"))
      raw[1](2)
      raw[1](3)
      assert.equal(1, emitter:listenerCount("a"))
      assert.same({ "called1", "called2" }, seen)
    end)

    it("counts them, all or one", function()
      local other = note("other")
      emitter:on("a", nothing):on("a", other):once("a", nothing)
      assert.equal(3, emitter:listenerCount("a"))
      assert.equal(2, emitter:listenerCount("a", nothing))
      assert.equal(1, emitter:listenerCount("a", other))
      assert.equal(0, emitter:listenerCount("b"))
      assert.equal(0, emitter:listenerCount("b", nothing))
    end)

    it("names events in the order in which they came", function()
      assert.same({}, emitter:eventNames())
      emitter:on("a", nothing):on("b", nothing):on("c", nothing)
      assert.same({ "a", "b", "c" }, emitter:eventNames())
      emitter:off("a", nothing)
      emitter:on("a", nothing)
      assert.same({ "b", "c", "a" }, emitter:eventNames())
      emitter:removeAllListeners("b"):removeAllListeners("a")
      assert.same({ "c" }, emitter:eventNames())
      emitter:on("d", nothing)
      assert.same({ "c", "d" }, emitter:eventNames())
    end)
  end)

  describe("wrong arguments", function()
    it("are thrown: a listener is a function, or a table that is called", function()
      for _, method in ipairs({
        "on", "addListener", "once", "prependListener", "prependOnceListener", "off", "removeListener",
      }) do
        local err = raised(emitter[method], emitter, "a")
        assert.equal("TypeError", err.name)
        assert.equal("ERR_INVALID_ARG_TYPE", err.code)
        assert.equal('The "listener" argument must be of type function. Received undefined', err.message)
        err = raised(emitter[method], emitter, "a", "x")
        assert.equal("The \"listener\" argument must be of type function. Received type string ('x')", err.message)
      end
      assert.same({}, emitter:eventNames())
      local callable = setmetatable({}, { __call = function(_, value) seen[1] = value end })
      emitter:on("a", callable)
      emitter:emit("a", 5)
      assert.same({ 5 }, seen)
    end)

    it("are thrown: a limit is a number that is not negative", function()
      local err = raised(emitter.setMaxListeners, emitter, "x")
      assert.equal(
        "TypeError [ERR_INVALID_ARG_TYPE]: The \"setMaxListeners\" argument must be of type number. "
          .. "Received type string ('x')",
        tostring(err)
      )
      for _, bad in ipairs({ -1, 0 / 0 }) do
        err = raised(emitter.setMaxListeners, emitter, bad)
        assert.equal("RangeError", err.name)
        assert.equal("ERR_OUT_OF_RANGE", err.code)
      end
      assert.equal(
        'The value of "setMaxListeners" is out of range. It must be >= 0. Received -1',
        raised(emitter.setMaxListeners, emitter, -1).message
      )
      assert.equal(10, emitter:getMaxListeners())
    end)
  end)

  describe("with many listeners", function()
    local warn = EventEmitter.warn
    local warnings

    before_each(function()
      warnings = {}
      EventEmitter.warn = function(warning) warnings[#warnings + 1] = warning end
    end)

    after_each(function()
      EventEmitter.warn = warn
      EventEmitter.defaultMaxListeners = 10
    end)

    local function add(count, to)
      for _ = 1, count do
        (to or emitter):on("a", nothing)
      end
    end

    it("warns once, when an event gets its eleventh", function()
      local Mine = EventEmitter:extend("Mine")
      local mine = Mine()
      add(10, mine)
      assert.equal(0, #warnings)
      add(3, mine)
      assert.equal(1, #warnings)
      assert.equal("MaxListenersExceededWarning", warnings[1].name)
      assert.equal(11, warnings[1].count)
      assert.equal("a", warnings[1].type)
      assert.equal(mine, warnings[1].emitter)
      assert.equal(
        "MaxListenersExceededWarning: Possible EventEmitter memory leak detected. 11 a listeners added to [Mine]. "
          .. "MaxListeners is 10. Use emitter:setMaxListeners() to increase limit",
        tostring(warnings[1])
      )
    end)

    it("does not warn again because an emit came between", function()
      add(11)
      emitter:emit("a")
      add(2)
      emitter:emit("a")
      emitter:off("a", nothing)
      add(2)
      assert.equal(1, #warnings)
    end)

    it("warns at the emitter's own limit", function()
      emitter:setMaxListeners(1)
      assert.equal(1, emitter:getMaxListeners())
      add(1)
      assert.equal(0, #warnings)
      add(1)
      assert.equal(1, #warnings)
    end)

    it("knows no limit with 0 or math.huge", function()
      emitter:setMaxListeners(0)
      add(20)
      local other = EventEmitter():setMaxListeners(math.huge)
      add(20, other)
      assert.equal(0, #warnings)
    end)

    it("takes the limit of emitters without one from defaultMaxListeners", function()
      EventEmitter.defaultMaxListeners = 3
      assert.equal(3, emitter:getMaxListeners())
      add(4)
      assert.equal(1, #warnings)
    end)

    it("keeps its laws with ten thousand", function()
      emitter:setMaxListeners(0)
      add(10000)
      emitter:emit("a")
      local called = 0
      emitter:on("a", function() called = called + 1 end)
      emitter:emit("a")
      emitter:off("a", nothing)
      assert.equal(1, called)
      assert.equal(10000, emitter:listenerCount("a"))
      for i = 1, 10000 do
        emitter:on(i, nothing)
      end
      assert.equal(10001, #emitter:eventNames())
    end)
  end)

  describe("extended", function()
    it("gives instances of the subclass, which are instances of the parent too", function()
      local Door = EventEmitter:extend("Door")
      function Door:initialize(color) self.color = color end
      local door = Door("red")
      assert.equal("red", door.color)
      assert.is_true(Door:isInstance(door))
      assert.is_true(EventEmitter:isInstance(door))
      assert.is_false(Door:isInstance(emitter))
      door:on("open", note(""))
      door:emit("open", "wide")
      assert.same({ "wide" }, seen)
    end)

    it("keeps listeners to the instance", function()
      local Door = EventEmitter:extend("Door")
      local one, two = Door(), Door()
      one:on("open", note("one"))
      assert.is_false(two:emit("open"))
    end)

    it("calls an `on` that a subclass overrides for `once`, and no other of the same name", function()
      local Watched = EventEmitter:extend("Watched")
      function Watched:on(event, listener)
        seen[#seen + 1] = event
        return EventEmitter.on(self, event, listener)
      end
      function Watched:removeListener(event, listener)
        seen[#seen + 1] = "-" .. event
        return EventEmitter.removeListener(self, event, listener)
      end
      local watched = Watched()
      watched:on("a", nothing):addListener("b", nothing):once("c", nothing):off("a", nothing)
      watched:emit("c")
      assert.same({ "a", "c", "-c" }, seen)
    end)

    it("has two names for two methods, in each class", function()
      local net = require("net")
      for _, its_class in ipairs({ EventEmitter, net.stream.Readable, net.stream.Writable, net.Socket, net.Server }) do
        assert.equal(its_class.on, its_class.addListener)
        assert.equal(its_class.removeListener, its_class.off)
      end
    end)
  end)

  describe("with many names", function()
    local COUNT = 16000

    it("keeps their order, whichever come and go", function()
      for i = 1, 100 do
        emitter:on("e" .. i, nothing)
      end
      emitter:on(false, nothing):on(true, nothing)
      for i = 1, 100 do
        if i % 10 ~= 0 then emitter:off("e" .. i, nothing) end
      end
      emitter:on("e5", nothing)
      local expected = {}
      for i = 1, 10 do
        expected[i] = "e" .. i * 10
      end
      for _, name in ipairs({ false, true, "e5" }) do
        expected[#expected + 1] = name
      end
      assert.same(expected, emitter:eventNames())
      emitter:removeAllListeners("e50"):on("e50", nothing)
      table.remove(expected, 5)
      expected[#expected + 1] = "e50"
      assert.same(expected, emitter:eventNames())
      for _, name in ipairs(expected) do
        assert.is_true(emitter:emit(name))
        emitter:off(name, nothing)
        assert.is_false(emitter:emit(name))
      end
      assert.same({}, emitter:eventNames())
      emitter:on("again", nothing)
      assert.same({ "again" }, emitter:eventNames())
    end)

    -- Counted, not timed: the instructions of Lua that it takes for each name.
    local function steps(count, action)
      local counted = 0
      if rawget(_G, "jit") then require("jit").off() end
      debug.sethook(function() counted = counted + 1 end, "", 100)
      for i = 1, count do
        action(i)
      end
      debug.sethook()
      if rawget(_G, "jit") then require("jit").on() end
      return counted / count
    end

    it("takes as long for the last as for the first", function()
      local few = steps(100, function(i) emitter:on("few" .. i, nothing) end)
      local many = steps(COUNT, function(i) emitter:on("many" .. i, nothing) end)
      assert.is_true(many < 3 * few + 3, ("%g, not %g"):format(many, few))
      local removed = steps(COUNT, function(i) emitter:off("many" .. i, nothing) end)
      assert.is_true(removed < 3 * few + 3, ("%g, not %g"):format(removed, few))
      assert.equal(100, #emitter:eventNames())
    end)
  end)

  it("checks what is set for all emitters", function()
    local wrong = { [-1] = "ERR_OUT_OF_RANGE", ten = "ERR_INVALID_ARG_TYPE", [true] = "ERR_INVALID_ARG_TYPE" }
    for value, code in pairs(wrong) do
      local err = raised(function() EventEmitter.defaultMaxListeners = value end)
      assert.equal(code, err.code)
      assert.truthy(err.message:find('"defaultMaxListeners"', 1, true))
    end
    assert.equal("ERR_OUT_OF_RANGE", raised(function() EventEmitter.defaultMaxListeners = 0 / 0 end).code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(function() EventEmitter.warn = 5 end).code)
    assert.equal(10, EventEmitter.defaultMaxListeners)
  end)

  it("is its own field, as in Node", function() assert.equal(EventEmitter, EventEmitter.EventEmitter) end)
end)
