-- `data` and `error` have places of their own while they are all that an emitter listens for. Nobody can tell: what is
-- done with them gives what it gives with any two other names.

local EventEmitter = require("uvnet.events")

local NAMES = { "data", "error", "other", "third" }
local OTHERS = { data = "one", error = "two", other = "other", third = "third" }

-- A reproducible sequence of numbers.
local function numbers(seed)
  return function(count)
    seed = (seed * 16807) % 2147483647
    return seed % count + 1
  end
end

local function new_side(translate)
  local side = { emitter = EventEmitter(), said = {}, name = translate, listeners = {} }
  local said = side.said
  for i = 1, 4 do
    side.listeners[i] = function(...) said[#said + 1] = ("%d(%s)"):format(i, table.concat({ ... }, ",")) end
  end
  side.listeners[5] = setmetatable({}, { __call = function() said[#said + 1] = "called" end })
  return side
end

local function translated(names, side)
  local back, result = {}, {}
  for _, name in ipairs(NAMES) do
    back[side.name(name)] = name
  end
  for i, name in ipairs(names) do
    result[i] = back[name] or name
  end
  return table.concat(result, " ")
end

local function index_of(side, listener)
  for i, one in ipairs(side.listeners) do
    if one == listener then return i end
  end
  return "?"
end

local ACTIONS = {
  function(side, name, listener) side.emitter:on(name, listener) end,
  function(side, name, listener) side.emitter:on(name, listener) end,
  function(side, name, listener) side.emitter:prependListener(name, listener) end,
  function(side, name, listener) side.emitter:once(name, listener) end,
  function(side, name, listener) side.emitter:removeListener(name, listener) end,
  function(side, name) side.emitter:removeAllListeners(name) end,
  function(side) side.emitter:removeAllListeners() end,
  function(side, name)
    if side.emitter:listenerCount(name) > 0 then side.said[#side.said + 1] = tostring(side.emitter:emit(name, 1, 2)) end
  end,
  function(side, name)
    if name ~= side.name("error") then side.said[#side.said + 1] = tostring(side.emitter:emit(name)) end
  end,
  function(side, name) side.said[#side.said + 1] = tostring(side.emitter:listenerCount(name)) end,
  function(side) side.said[#side.said + 1] = translated(side.emitter:eventNames(), side) end,
  function(side, name)
    for _, listener in ipairs(side.emitter:listeners(name)) do
      side.said[#side.said + 1] = index_of(side, listener)
    end
  end,
  function(side)
    local function told(what)
      return function(event, listener)
        side.said[#side.said + 1] = what .. translated({ event }, side) .. index_of(side, listener)
      end
    end
    side.emitter:once("newListener", told("new "))
    side.emitter:once("removeListener", told("gone "))
  end,
}

describe("few listeners", function()
  it("do what listeners of any other names do, in any order of calls", function()
    for seed = 1, 600 do
      local random = numbers(seed)
      local few = new_side(function(name) return name end)
      local plain = new_side(function(name) return OTHERS[name] end)
      local done = {}
      for _ = 1, 12 do
        local action, listener = random(#ACTIONS), random(5)
        local name = NAMES[random(10) < 9 and random(2) or random(4)]
        done[#done + 1] = ("%d %s %d"):format(action, name, listener)
        for _, side in ipairs({ few, plain }) do
          ACTIONS[action](side, side.name(name), side.listeners[listener])
          side.said[#side.said + 1] = translated(side.emitter:eventNames(), side)
        end
        assert.equal(table.concat(plain.said, ";"), table.concat(few.said, ";"), table.concat(done, ", "))
      end
    end
  end)

  it("are called, counted and named without a table being made", function()
    for _, order in ipairs({ { "data", "error" }, { "error", "data" } }) do
      local emitter, got = EventEmitter(), {}
      for _, name in ipairs(order) do
        emitter:on(name, function(value) got[#got + 1] = name .. value end)
      end
      assert.is_true(emitter:emit("data", 1))
      assert.is_true(emitter:emit("error", 2))
      assert.is_false(emitter:emit("end"))
      assert.equal(1, emitter:listenerCount("data"))
      assert.equal(0, emitter:listenerCount("end"))
      assert.is_nil(rawget(emitter, "_events"))
      assert.same({ "data1", "error2" }, got)
      assert.same(order, emitter:eventNames())
      assert.same(order, emitter:eventNames())
    end
  end)

  it("still raise an error that nobody listens for", function()
    local emitter = EventEmitter()
    emitter:on("data", function() end)
    local ok, err = pcall(emitter.emit, emitter, "error", "why")
    assert.is_false(ok)
    assert.equal("why", err.context)
  end)

  it("are no methods that a class of one's own has, whatever their names", function()
    local Own = EventEmitter:extend("Own")
    local called = 0
    for _, name in ipairs({ "_onData", "_onError", "_lateError" }) do
      Own[name] = function() called = called + 1 end
    end
    local own = Own()
    own._onData, own._onError, own._lateError = Own._onError, Own._onData, Own._onData
    assert.is_false(own:emit("data", 1))
    assert.is_false((pcall(own.emit, own, "error", 1)))
    assert.equal(0, own:listenerCount("data") + own:listenerCount("error"))
    assert.same({}, own:eventNames())
    local got = {}
    own:on("data", function(value) got[#got + 1] = value end)
    own:on("other", function() end)
    own:emit("data", 2)
    assert.same({ 2 }, got)
    assert.same({ "data", "other" }, own:eventNames())
    assert.equal(0, called)
  end)

  it("that a listener of newListener adds, who has removed all others, are kept", function()
    for _, name in ipairs(NAMES) do
      local emitter, got = EventEmitter(), {}
      emitter:on("newListener", function()
        emitter:removeAllListeners()
        emitter:on(name, function() got[#got + 1] = name end)
      end)
      emitter:on("new", function() got[#got + 1] = "new" end)
      assert.same({ name, "new" }, emitter:eventNames())
      emitter:emit(name)
      emitter:emit("new")
      assert.same({ name, "new" }, got)
    end
  end)
end)
