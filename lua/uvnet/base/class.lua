--- Classes: a class is a table that is called, `X:extend()` makes a subclass.
--
-- Methods are the fields of the class. A computed property is a function in the class's `__getters`; it runs when an
-- instance has no field of that name. A field that equals its default is not stored in the instance at all, for there
-- may be a hundred thousand of them: the default lives in the class.
--
-- Instances are asked for methods all the time, so each class has a table of all that it has and inherits: one look
-- finds it, however deep the class. What users hold is a proxy, through which an assignment reaches the subclasses too.
--
-- `tostring` of an instance gives the class's name, the address as of any table, and what the method `_describe` says.
--
-- Floor 0.

local setmetatable, getmetatable, rawget = setmetatable, getmetatable, rawget
local type, tostring, pairs, ipairs, pcall = type, tostring, pairs, ipairs, pcall

-- A table whose contents are inherited: `all` is what it has and inherits, `own` says which it has itself.
local function new_store(parent)
  local store = { all = {}, own = {}, children = {} }
  if parent then
    for key, value in pairs(parent.all) do
      store.all[key] = value
    end
    parent.children[#parent.children + 1] = store
    store.watch = parent.watch
  end
  return store
end

local function inherit(store, key, value)
  for _, child in ipairs(store.children) do
    if not child.own[key] then
      local old = child.all[key]
      child.all[key] = value
      if child.watch then child.watch(child.class, key, old) end
      inherit(child, key, value)
    end
  end
end

local function assign(store, key, value)
  local old = store.all[key]
  store.all[key] = value
  store.own[key] = true
  if store.watch then store.watch(store.class, key, old) end
  inherit(store, key, value)
end

local function proxy_metatable(store)
  return {
    __index = store.all,
    __newindex = function(_, key, value) assign(store, key, value) end,
    __pairs = function() return pairs(store.all) end,
    __tostring = function() return "class " .. tostring(store.all.__name) end,
  }
end

local stores = setmetatable({}, { __mode = "k" }) -- class -> its stores of fields and of getters

local Class = {}

-- Lua tells the address of a table only while the table has no `__tostring`.
local function address_of(self, metatable)
  setmetatable(self, nil)
  local ok, text = pcall(tostring, self)
  setmetatable(self, metatable)
  return ok and text:gsub("^table: ", "") or "?"
end

local function describe(self) return self:_describe() end

-- It is for people who look for a fault, so it raises nothing, whatever the instance has become.
local function to_string(self)
  local metatable = getmetatable(self)
  local text = tostring(metatable.class.__name) .. ": " .. address_of(self, metatable)
  local ok, more = pcall(describe, self)
  return ok and more and ("%s (%s)"):format(text, more) or text
end

-- The metatable of a class's instances: `getmetatable(object).class` is the class.
local function instance_metatable(class, fields, getters)
  return {
    class = class,
    __index = function(self, key)
      local value = fields[key]
      if value == nil then
        local getter = getters[key]
        if getter then return getter(self) end
      end
      return value
    end,
  }
end

local function construct(class, ...)
  local self = setmetatable({}, class.__instance)
  self:initialize(...)
  return self
end

local function new_class(name, parent)
  local inherited = parent and stores[parent]
  local fields, getters = new_store(inherited and inherited.fields), new_store(inherited and inherited.getters)
  local metatable = proxy_metatable(fields)
  metatable.__call = construct
  local class = setmetatable({}, metatable)
  stores[class] = { fields = fields, getters = getters }
  fields.class = class
  if not parent then
    for key, value in pairs(Class) do
      class[key] = value
    end
  end
  local instance = instance_metatable(class, fields.all, getters.all)
  if not parent then
    instance.__tostring = to_string
  else
    for event, method in pairs(parent.__instance) do
      if instance[event] == nil then instance[event] = method end
    end
  end
  class.__name = name
  class.__super = parent or false
  class.__instance = instance
  class.__getters = setmetatable({}, proxy_metatable(getters))
  class.__mixins = {}
  return class
end

--- Makes a subclass.
-- @tparam[opt] string name what messages call an instance of it
-- @treturn table the class
function Class:extend(name) return new_class(name or self.__name, self) end

-- Takes over what a class does not have; it counts as inherited, so that an assignment in a parent still reaches it.
local function take_over(store, other)
  for key, value in pairs(other.all) do
    if store.all[key] == nil then
      store.all[key] = value
      inherit(store, key, value)
    end
  end
end

--- Takes over the methods and computed properties of another class, which then also answers `isInstance` for us.
-- What this class or its parents have already stays.
function Class:mixin(other)
  take_over(stores[self].fields, stores[other].fields)
  take_over(stores[self].getters, stores[other].getters)
  self.__mixins[#self.__mixins + 1] = other
  return self
end

local function descends(class, ancestor)
  while class do
    if class == ancestor then return true end
    for _, mixin in ipairs(class.__mixins) do
      if descends(mixin, ancestor) then return true end
    end
    class = class.__super
  end
  return false
end

--- Is this value an instance of the class, or of one derived from it?
-- @param value anything
-- @treturn boolean
function Class:isInstance(value)
  if type(value) ~= "table" then return false end
  local metatable = getmetatable(value)
  return type(metatable) == "table" and descends(rawget(metatable, "class"), self)
end

--- Called with the constructor's arguments; a class overrides it and calls its parent's.
function Class.initialize() end

-- What `tostring` says of an instance behind its address; nil for nothing.
function Class._describe() return nil end

return {
  --- Makes a class without a parent.
  -- @tparam string name what messages call an instance of it
  new = function(name) return new_class(name) end,
  --- Has a function told of each field of the class that gets another value, and of those of classes derived later.
  -- @tparam table class
  -- @tparam function told told(class, key, old): whose it is; those that inherit it are told of, too
  watch = function(class, told) stores[class].fields.watch = told end,
}
