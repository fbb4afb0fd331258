--- The classes: what is inherited, what is heard of, and what becomes of those that nobody uses any more.

local class = require("uvnet.base.class")

describe("A class", function()
  local Animal

  before_each(function() Animal = class.new("Animal") end)

  it("is its instances' class, and of nothing else", function()
    local Cat = Animal:extend("Cat")
    assert.equal(Cat, class.of(Cat()))
    for _, value in ipairs({ 1, "x", true, {}, Cat, print }) do
      assert.is_nil(class.of(value))
      assert.is_false(Animal:isInstance(value))
    end
    assert.is_nil(class.of(nil))
    assert.is_true(Animal:isInstance(Cat()))
  end)

  it("is not mistaken for a field `class` of somebody's metatable", function()
    local strange, alike = setmetatable({}, { __index = error }), setmetatable({}, { stores = {} })
    for _, odd in ipairs({ 5, "class", true, {}, strange, alike }) do
      local object = setmetatable({}, { class = odd })
      assert.is_nil(class.of(object))
      assert.is_false(Animal:isInstance(object))
      assert.equal("an instance of Object", require("uvnet.errors").received(object))
    end
  end)

  it("is collected, with all that it was given, when it is not used any more", function()
    local weak = setmetatable({}, { __mode = "k" })
    for _ = 1, 50 do
      local Cat = Animal:extend("Cat")
      function Cat.purr() return Cat end
      Cat.__getters.age = function() return Cat end
      Cat.__setters.age = function() return Cat end
      weak[Cat] = true
      weak[Cat()] = true
    end
    for _ = 1, 3 do
      collectgarbage()
    end
    local left = 0
    for _ in pairs(weak) do
      left = left + 1
    end
    assert.is_true(left <= 2, left .. " are left") -- a register may still have one
    function Animal.breathe() return "in and out" end
    assert.equal("in and out", Animal:extend("Dog")().breathe())
  end)

  it("is collected also when it is derived from net.Socket and has had a connection", function()
    local net, testing = require("net"), require("uvnet.testing")
    local weak = setmetatable({}, { __mode = "k" })
    local server = net.createServer(function(socket) socket:resume() end)
    testing.wait(server:listen(0, "127.0.0.1"), "listening")
    for _ = 1, 5 do
      local Mine = net.Socket:extend("Mine")
      function Mine._final(self, callback) return net.Socket._final(self, callback) end
      weak[Mine] = true
      local socket = Mine()
      testing.wait(socket:connect(server:address().port, "127.0.0.1"), "connect")
      socket:resume():finish("x")
      testing.wait(socket, "close")
    end
    server:close()
    testing.run()
    for _ = 1, 4 do
      collectgarbage()
    end
    local left = 0
    for _ in pairs(weak) do
      left = left + 1
    end
    assert.is_true(left <= 2, left .. " are left")
  end)

  it("passes on to its subclasses what it gets later, unless they have their own", function()
    local Cat = Animal:extend("Cat")
    local Tiger = Cat:extend("Tiger")
    function Cat.name() return "cat" end
    function Animal.name() return "animal" end
    function Animal.legs() return 4 end
    assert.equal("cat", Tiger().name())
    assert.equal(4, Tiger().legs())
  end)

  describe("with setters", function()
    it("has them called for the fields of its instances and those of its subclasses", function()
      local set = {}
      local Cat = Animal:extend("Cat")
      local cat = Cat()
      cat.colour = "grey"
      function Animal.__setters:age(value)
        set[#set + 1] = value
        rawset(self, "_age", value)
      end
      function Animal.__getters:age() return self._age end
      cat.age = 3
      cat.age = 4
      cat.colour, cat.size = "red", 7
      assert.same({ 3, 4 }, set)
      assert.is_nil(rawget(cat, "age"))
      assert.equal(4, cat.age)
      assert.equal("red", rawget(cat, "colour"))
      assert.equal(7, rawget(cat, "size"))
      Animal:extend("Dog")().age = 9
      assert.equal(9, set[3])
    end)
  end)

  describe("that is watched", function()
    local told

    before_each(function()
      told = {}
      class.watch(Animal, "sound", function(changed, value, old) told[#told + 1] = { changed, value, old } end)
    end)

    it("tells before a field changes, of those that inherit it too, and of nothing else", function()
      Animal.sound = "none"
      local Cat = Animal:extend("Cat")
      told = {}
      Cat.sound = "purr"
      Cat.legs = 4
      assert.same({ { Cat, "purr", "none" } }, told)
      told = {}
      Animal.sound = "breath"
      assert.same({ { Animal, "breath", "none" } }, told)
      local Dog = Animal:extend("Dog")
      told = {}
      Animal.sound = "steps"
      assert.equal(2, #told)
      assert.equal("steps", Dog().sound)
    end)

    it("keeps what it has if one who is told raises", function()
      Animal.legs = 4
      class.watch(Animal, "legs", function() error("no", 0) end)
      local Cat = Animal:extend("Cat")
      assert.has_error(function() Animal.legs = 5 end, "no")
      assert.equal(4, Animal().legs)
      assert.equal(4, Cat().legs)
    end)

    it("tells of an instance, of its first value only, and stores it", function()
      local Cat, stored = Animal:extend("Cat"), {}
      class.watch(Animal, "legs", nil, function(self, value)
        stored[#stored + 1] = { self, value, rawget(self, "legs") }
      end)
      local one = Cat("Tom")
      one.legs = 3
      one.legs = 2
      assert.equal(2, one.legs)
      assert.equal(2, rawget(one, "legs"))
      assert.same({ { one, 3 } }, stored)
      class.watch(Animal, "legs", nil, function() error("no", 0) end)
      local other = Cat("Tim")
      assert.has_error(function() other.legs = 5 end, "no")
      assert.is_nil(rawget(other, "legs"))
    end)

    it("tells of a subclass that alone is watched, and of no other", function()
      local Cat, Dog = Animal:extend("Cat"), Animal:extend("Dog")
      class.watch(Cat, "legs", function(changed, value) told[#told + 1] = { changed, value } end)
      Animal.legs = 4
      Dog.legs = 5
      Cat.legs = 3
      assert.same({ { Cat, 4 }, { Cat, 3 } }, told)
    end)
  end)

  it("has `tostring` of an instance leave it alone, whatever a hook does meanwhile", function()
    local cat = Animal()
    local metatable = getmetatable(cat)
    local text = tostring(cat)
    assert.equal(text, tostring(cat))
    assert.not_equal(text, tostring(Animal()))
    for lines = 1, 30 do
      local seen, has_metatable = 0, true
      pcall(function()
        debug.sethook(function()
          seen = seen + 1
          has_metatable = has_metatable and getmetatable(cat) == metatable
          if seen == lines then error("hook", 0) end
        end, "", 1)
        tostring(cat)
        debug.sethook() -- in here, for it may raise in this line
      end)
      debug.sethook()
      assert.is_true(has_metatable)
      assert.equal(metatable, getmetatable(cat))
    end
    assert.equal(text, tostring(cat))
  end)
end)
