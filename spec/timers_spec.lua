local core = require("uvnet.core")
local net = require("net")
local raised = require("spec.support.raised")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local nextTick, setImmediate, setInterval, setTimeout =
  timers.nextTick, timers.setImmediate, timers.setInterval, timers.setTimeout

local function nothing() end

-- A clock that needs no other library: the loop's own, by way of a timeout that measures another.
local function count_turns(ms)
  local turns = 0
  local interval = setInterval(function() turns = turns + 1 end, 1)
  setTimeout(function() interval:close() end, ms)
  net.run()
  return turns
end

describe("timers", function()
  testing.leakCheck(before_each, after_each)

  local log
  before_each(function() log = {} end)
  local function note(name) return function() log[#log + 1] = name end end

  it("are net.timers too", function() assert.equal(timers, net.timers) end)

  it("hand their arguments on, nil included", function()
    local got, later = {}, {}
    local function take(...) got[#got + 1] = { n = select("#", ...), ... } end
    -- A timeout may be due before the first immediate: that is a list of its own.
    local function take_later(...) later[#later + 1] = { n = select("#", ...), ... } end
    nextTick(take)
    nextTick(take, 1)
    nextTick(take, nil, nil)
    nextTick(take, nil, 2, nil)
    setImmediate(take, 1, nil, 3, nil)
    setImmediate(take)
    setTimeout(take_later, 1, "a", nil, "c", nil)
    setTimeout(take_later, 1)
    net.run()
    assert.same({
      { n = 0 }, { n = 1, 1 }, { n = 2 }, { n = 3, nil, 2, nil },
      { n = 4, 1, nil, 3, nil }, { n = 0 },
    }, got)
    assert.same({ { n = 4, "a", nil, "c", nil }, { n = 0 } }, later)
  end)

  it("throw ERR_INVALID_ARG_TYPE for a callback that is none", function()
    for name, set in pairs({
      nextTick = nextTick, setImmediate = setImmediate, setInterval = setInterval, setTimeout = setTimeout,
    }) do
      local message = 'The "callback" argument must be of type function. Received '
      local err = raised(set)
      assert.equal("ERR_INVALID_ARG_TYPE", err.code, name)
      assert.equal("TypeError", err.name)
      assert.equal(message .. "undefined", err.message)
      assert.equal(message .. "type string ('x')", raised(set, "x").message)
    end
    assert.is_false(net.run())
  end)

  it("may be called by a table that is called", function()
    local callable = setmetatable({}, { __call = function(_, value) log[#log + 1] = value end })
    nextTick(callable, "tick")
    setImmediate(callable, "immediate")
    setTimeout(callable, 1, "timeout")
    net.run()
    assert.equal(3, #log)
  end)

  describe("setTimeout", function()
    it("calls once, after its time", function()
      setTimeout(note("20"), 20)
      setTimeout(note("1"), 1)
      setTimeout(note("10"), 10)
      net.run()
      assert.same({ "1", "10", "20" }, log)
    end)

    it("keeps the order of those with the same time", function()
      for i = 1, 50 do
        setTimeout(note(i), 5)
      end
      net.run()
      for i = 1, 50 do
        assert.equal(i, log[i])
      end
    end)

    it("does not fire early", function()
      assert.is_true(count_turns(30) <= 31)
      assert.is_true(count_turns(30) >= 2)
    end)

    it("takes 1 ms for what is no time: 0, less, NaN, nil, text", function()
      for _, delay in ipairs({ 0, -5, 0 / 0, 0.5, "x" }) do
        setTimeout(note("x"), delay)
      end
      setTimeout(note("x"))
      net.run()
      assert.equal(6, #log)
    end)

    it("warns of a time beyond 32 bits, and takes 1 ms", function()
      local warn = net.events.warn
      local warnings = {}
      net.events.warn = function(warning) warnings[#warnings + 1] = warning end
      setTimeout(note("x"), 2147483648)
      net.events.warn = warn
      net.run()
      assert.same({ "x" }, log)
      assert.equal(1, #warnings)
      assert.equal("TimeoutOverflowWarning", warnings[1].name)
      assert.truthy(warnings[1].message:find(
        "^2147483648 does not fit into a 32%-bit signed integer%.%sTimeout duration was set to 1%.$"
      ))
    end)

    it("of too many ms warns with the number as it was written", function()
      local warnings, warn = {}, net.events.warn
      net.events.warn = function(warning) warnings[#warnings + 1] = warning.message:match("^%S+") end
      setTimeout(note("x"), 3e9)
      setTimeout(note("x"), "3000000000")
      setTimeout(note("x"), 2 ^ 32 + 0.5)
      net.events.warn = warn
      net.run()
      assert.same({ "3000000000", "3000000000", "4294967296.5" }, warnings)
    end)

    it("says in JavaScript's words what the time was", function()
      local warn, said = net.events.warn, {}
      net.events.warn = function(warning) said[#said + 1] = warning.name .. ": " .. warning.message end
      for _, ms in ipairs({ math.huge, -5, -6, 0 / 0, "no number", {} }) do
        setTimeout(nothing, ms):close()
      end
      setTimeout(nothing, nil):close()
      net.events.warn = warn
      local taken = "\nTimeout duration was set to 1."
      assert.equal("TimeoutOverflowWarning: Infinity does not fit into a 32-bit signed integer." .. taken, said[1])
      -- Of those that are told once in a process, this one may not be the first.
      for i = 2, #said do
        assert.is_truthy(
          said[i] == "TimeoutNegativeWarning: -5 is a negative number." .. taken
            or said[i] == "TimeoutNaNWarning: NaN is not a number." .. taken,
          said[i]
        )
      end
      assert.is_true(#said <= 3)
    end)

    it("made by a callback waits its whole time", function()
      setTimeout(function()
        log[#log + 1] = "first"
        setTimeout(note("third"), 2)
        setImmediate(note("second"))
      end, 2)
      net.run()
      assert.same({ "first", "second", "third" }, log)
    end)

    it("of ten thousand calls all, and half of them can be cleared", function()
      local count = 0
      local list = {}
      for i = 1, 10000 do
        list[i] = setTimeout(function() count = count + 1 end, i % 17 + 1)
      end
      for i = 1, 10000, 2 do
        timers.clearTimeout(list[i])
      end
      net.run()
      assert.equal(5000, count)
    end)
  end)

  describe("clearTimeout", function()
    it("lets go of what was to come much later", function()
      local weak = setmetatable({}, { __mode = "k" })
      for i = 1, 100 do
        local timeout = setTimeout(nothing, 100000 + i % 7)
        weak[timeout] = true
        timeout:close()
      end
      collectgarbage()
      collectgarbage()
      assert.is_nil(next(weak))
      assert.is_false(net.run())
    end)

    it("leaves a time that is used again as it would be if it were new", function()
      local fired, order = {}, {}
      local function add(name)
        return function()
          fired[name], order[#order + 1] = core.now(), name
        end
      end
      setTimeout(nothing, 30):close()
      local till = core.now() + 12
      repeat until core.now() >= till
      local second_set = core.now()
      setTimeout(add("second"), 30)
      local first_set = core.now()
      setTimeout(add("first"), 20)
      local all_set = core.now()
      net.run()
      assert.is_true(fired.second - second_set >= 30)
      assert.is_true(fired.first - first_set >= 20)
      -- Where the machine paused for long between the two calls, the second one is due first.
      if all_set - second_set < 10 then assert.same({ "first", "second" }, order) end
    end)

    it("takes a timeout back", function()
      local timeout = setTimeout(note("x"), 1)
      timers.clearTimeout(timeout)
      timers.clearTimeout(timeout)
      assert.is_false(net.run())
      assert.same({}, log)
    end)

    it("takes back one that is due in the same turn", function()
      local second
      setTimeout(function()
        log[#log + 1] = "first"
        timers.clearTimeout(second)
      end, 2)
      second = setTimeout(note("second"), 2)
      setTimeout(note("third"), 2)
      net.run()
      assert.same({ "first", "third" }, log)
    end)

    it("lets anything else pass", function()
      timers.clearTimeout()
      timers.clearTimeout(nil)
      timers.clearTimeout(5)
      timers.clearTimeout("x")
      timers.clearTimeout({})
      timers.clearInterval(nil)
      timers.clearImmediate(nil)
      timers.clearImmediate({})
    end)

    it("is close, which gives the timeout back", function()
      local timeout = setTimeout(note("x"), 1)
      assert.equal(timeout, timeout:close())
      net.run()
      assert.same({}, log)
    end)
  end)

  describe("setInterval", function()
    it("calls again and again, until it is cleared by its own callback", function()
      local interval
      interval = setInterval(function()
        log[#log + 1] = "x"
        if #log == 3 then timers.clearInterval(interval) end
      end, 2)
      assert.is_false(net.run())
      assert.same({ "x", "x", "x" }, log)
    end)

    it("goes on after its callback has raised", function()
      local count = 0
      local interval
      interval = setInterval(function()
        count = count + 1
        if count == 3 then interval:close() end
        error("no " .. count, 0)
      end, 1)
      for i = 1, 3 do
        assert.truthy(raised(net.run):find("^no " .. i))
      end
      assert.is_false(net.run())
      assert.equal(3, count)
    end)

    it("does not starve others, however short it is", function()
      local interval = setInterval(nothing, 1)
      setTimeout(function() interval:close() end, 10)
      setImmediate(note("immediate"))
      net.run()
      assert.same({ "immediate" }, log)
    end)
  end)

  describe("one that takes longer than its interval", function()
    local function busy(ms)
      local finish = os.clock() + ms / 1000
      while os.clock() < finish do
      end
    end

    -- The ways to be due again when the callback returns.
    local ways = {
      ["an interval"] = function(work) return setInterval(work, 5) end,
      ["one that sets the next first"] = function(work)
        local latest
        local function again()
          latest = setTimeout(again, 1)
          work()
        end
        again()
        return { close = function() latest:close() end }
      end,
      ["one that is refreshed first"] = function(work)
        local timeout
        timeout = setTimeout(function()
          timeout:refresh()
          work()
        end, 5)
        return timeout
      end,
      ["two intervals in turn"] = function(work)
        local one, other = setInterval(work, 5), setInterval(work, 6)
        return { close = function() one:close(); other:close() end }
      end,
    }

    for name, start in pairs(ways) do
      it("leaves the network its turns: " .. name, function()
        local one, other = testing.pair()
        local echoed, seen, calls, timer = 0, {}, 0, nil
        other:on("error", nothing) -- `one` is destroyed with data on its way
        other:pipe(other)
        one:on("data", function(data)
          echoed = echoed + 1
          one:write(data)
        end)
        one:write("x")
        timer = start(function()
          calls = calls + 1
          seen[calls] = echoed
          if calls == 20 then
            timer:close()
            one:destroy()
          end
          busy(8)
        end)
        testing.run(function() return one.destroyed end, 10000)
        testing.run()
        assert.is_true(seen[20] > seen[8] and seen[8] > 0, ("%d, %d"):format(seen[8], seen[20]))
      end)
    end

    it("lets an error and `stop` out", function()
      local calls = 0
      local interval = setInterval(function()
        calls = calls + 1
        busy(8)
        if calls == 2 then error("mine", 0) end
        if calls == 4 then net.stop() end
        assert(calls < 20, "neither came out")
      end, 5)
      local fine, problem = pcall(net.run)
      assert.is_false(fine)
      assert.equal("mine", (tostring(problem):match("^%w+")))
      assert.is_true(calls <= 3, calls)
      net.run()
      assert.is_true(calls >= 4 and calls <= 5, calls)
      interval:close()
    end)
  end)

  describe("a timeout", function()
    it("keeps the loop running unless it is unreferenced", function()
      local timeout = setTimeout(note("x"), 60000)
      assert.is_true(timeout:hasRef())
      assert.is_true(net.run("nowait"))
      assert.equal(timeout, timeout:unref())
      assert.is_false(timeout:hasRef())
      assert.is_false(net.run())
      assert.equal(timeout, timeout:ref())
      assert.is_true(timeout:hasRef())
      assert.is_true(net.run("nowait"))
      timeout:unref():unref()
      assert.is_false(net.run())
      timeout:close()
      assert.same({}, log)
    end)

    it("that is unreferenced fires none the less while something else runs", function()
      setTimeout(note("unref"), 1):unref()
      setTimeout(note("ref"), 15)
      net.run()
      assert.same({ "unref", "ref" }, log)
    end)

    it("is put off by refresh, and started again by it after it has fired", function()
      local refreshed, fired
      local timeout = setTimeout(function()
        log[#log + 1], fired = "refreshed", core.now()
      end, 30)
      setTimeout(function()
        refreshed = core.now()
        assert.equal(timeout, timeout:refresh())
      end, 20)
      net.run()
      assert.is_true(fired - refreshed >= 30)
      assert.same({ "refreshed" }, log)
      refreshed = core.now()
      timeout:refresh()
      net.run()
      assert.is_true(fired - refreshed >= 30)
      assert.same({ "refreshed", "refreshed" }, log)
    end)

    it("can refresh itself in its callback", function()
      local timeout
      timeout = setTimeout(function()
        log[#log + 1] = "x"
        if #log < 3 then timeout:refresh() end
      end, 1)
      net.run()
      assert.same({ "x", "x", "x" }, log)
    end)

    it("that is cleared is not started again by refresh", function()
      local timeout = setTimeout(note("x"), 1)
      timeout:close()
      timeout:refresh()
      assert.is_false(net.run())
      assert.same({}, log)
    end)
  end)

  it("started, refreshed and cleared at random fire once each, and not early", function()
    local seed = 7
    local function random(most)
      seed = (seed * 16807) % 2147483647
      return seed % most + 1
    end
    local waiting, expected, fired = {}, 0, 0
    local function start(i)
      local ms = random(30)
      local entry = {}
      entry.due = core.now() + ms
      entry.timeout = setTimeout(function()
        assert.equal(entry, waiting[i])
        assert.is_true(core.now() >= entry.due)
        waiting[i] = nil
        fired = fired + 1
      end, ms)
      entry.ms = ms
      waiting[i] = entry
      expected = expected + 1
    end
    for i = 1, 300 do
      start(i)
    end
    for _ = 1, 3000 do
      local i = random(300)
      local entry, choice = waiting[i], random(3)
      if choice == 1 then
        entry.due = core.now() + entry.ms
        entry.timeout:refresh()
      elseif choice == 2 then
        entry.timeout:close()
        expected = expected - 1
        start(i)
      end
    end
    net.run()
    assert.equal(300, expected)
    assert.equal(expected, fired)
  end)

  describe("setImmediate", function()
    it("calls in order, each once", function()
      for i = 1, 3 do
        setImmediate(note(i))
      end
      net.run()
      assert.same({ 1, 2, 3 }, log)
    end)

    it("is taken back by clearImmediate, also by one before it", function()
      local second
      setImmediate(function()
        log[#log + 1] = "first"
        timers.clearImmediate(second)
      end)
      second = setImmediate(note("second"))
      setImmediate(note("third"))
      timers.clearImmediate(setImmediate(note("never")))
      assert.is_false(net.run())
      assert.same({ "first", "third" }, log)
    end)

    it("keeps the loop running unless it is unreferenced", function()
      local immediate = setImmediate(note("x"))
      assert.is_true(immediate:hasRef())
      assert.equal(immediate, immediate:unref())
      assert.is_false(immediate:hasRef())
      assert.is_false(net.run())
      assert.equal(immediate, immediate:ref())
      net.run()
      assert.same({ "x" }, log)
    end)

    it("goes on with the next one when one has raised", function()
      setImmediate(error, "boom", 0)
      setImmediate(note("next"))
      assert.truthy(raised(net.run):find("^boom"))
      net.run()
      assert.same({ "next" }, log)
    end)
  end)

  describe("nextTick", function()
    it("goes on with the next one when one has raised", function()
      nextTick(error, "boom", 0)
      nextTick(note("next"))
      assert.truthy(raised(net.run):find("^boom"))
      net.run()
      assert.same({ "next" }, log)
    end)

    it("does not keep the loop running, but is run by it", function()
      nextTick(note("x"))
      assert.is_false(net.run("nowait"))
      assert.same({ "x" }, log)
    end)
  end)
end)
