--- Classes: a class is a table that is called, `X:extend()` makes a subclass.
--
-- Methods are the fields of the class. A computed property is a function in the class's `__getters`; it runs when an
-- instance has no field of that name. A function in `__setters` runs when such a field is stored: it keeps what it
-- likes of the value. A field that equals its default is not stored in the instance at all, for there may be a hundred
-- thousand of them: the default lives in the class.
--
-- Instances are asked for methods all the time, so each class has a table of all that it has and inherits: one look
-- finds it, however deep the class. What users hold is a proxy, through which an assignment reaches the subclasses too.
--
-- `tostring` of an instance gives the class's name, the address as of any table, and what the method `_describe` says.
--
-- Floor 0.

local setmetatable, getmetatable, rawget, rawset = setmetatable, getmetatable, rawget, rawset
local type, tostring, pairs, ipairs, pcall = type, tostring, pairs, ipairs, pcall

-- A table whose contents are inherited: `all` is what it has and inherits, `own` says which it has itself. A parent
-- knows its children weakly: a class that nobody uses any more is collected.
local function new_store(parent)
  local store = { all = {}, own = {}, children = setmetatable({}, { __mode = "k" }) }
  if parent then
    for key, value in pairs(parent.all) do
      store.all[key] = value
    end
    parent.children[store] = true
    store.watched = parent.watched
  end
  return store
end

-- Those who watch a field are told before it changes. What one of them raises keeps it from changing.
local function announce(store, key, value)
  local told = store.watched and store.watched[key]
  if told then told(store.class, value, store.all[key]) end
  for child in pairs(store.children) do
    if not child.own[key] then announce(child, key, value) end
  end
end

local function put(store, key, value)
  store.all[key] = value
  if store.on_put then store.on_put() end
  for child in pairs(store.children) do
    if not child.own[key] then put(child, key, value) end
  end
end

local function assign(store, key, value)
  announce(store, key, value)
  store.own[key] = true
  put(store, key, value)
end

local function proxy_metatable(store)
  return {
    __index = store.all,
    __newindex = function(_, key, value) assign(store, key, value) end,
    __pairs = function() return pairs(store.all) end,
    __tostring = function() return "class " .. tostring(store.all.__name) end,
  }
end

local Class = {
  -- The options that the constructor knows, beside those of its parents: see `net.strict`.
  knownOptions = {},
}

local Stores = {}

-- The stores of a class: of its fields, getters and setters. They are in its metatable, and live as long as it does.
-- What is no class has none.
local function stores_of(class)
  local metatable = type(class) == "table" and getmetatable(class)
  local stores = type(metatable) == "table" and rawget(metatable, "stores")
  return getmetatable(stores) == Stores and stores or nil
end

-- The class of an instance; nil for any other value.
local function class_of(value)
  local metatable = type(value) == "table" and getmetatable(value)
  local class = type(metatable) == "table" and rawget(metatable, "class")
  return stores_of(class) and class or nil
end

-- Where `format` has no `%p`, Lua tells the address of a table only if it has no `__tostring`. There an instance is
-- told apart by the address of a table that stands for it.
local knows_addresses = pcall(string.format, "%p", {})
local stands_for = setmetatable({}, { __mode = "k" })

local function address_of(self)
  if knows_addresses then return ("%p"):format(self) end
  local other = stands_for[self]
  if not other then
    other = {}
    stands_for[self] = other
  end
  return (tostring(other):gsub("^table: ", ""))
end

local function describe(self) return self:_describe() end

-- It is for people who look for a fault, so it raises nothing, whatever the instance has become.
local function to_string(self)
  local text = tostring(getmetatable(self).class.__name) .. ": " .. address_of(self)
  local ok, more = pcall(describe, self)
  return ok and more and ("%s (%s)"):format(text, more) or text
end

-- The metatable of a class's instances: `getmetatable(object).class` is the class.
local function instance_metatable(class, fields, getters)
  return {
    class = class,
    _fields = fields, -- for the core, which looks there first
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

-- A class with setters hears of the first store of each field of an instance. What is stored for every connection is
-- stored by rawset.
local function hear_stores(instance, store)
  local setters = store.all
  local function newindex(self, key, value)
    local setter = setters[key]
    if setter then return setter(self, value) end
    rawset(self, key, value)
  end
  function store.on_put() instance.__newindex = newindex end
  if next(setters) ~= nil then store.on_put() end
end

local function construct(class, ...)
  local self = setmetatable({}, class.__instance)
  self:initialize(...)
  return self
end

local function new_class(name, parent)
  local inherited = parent and stores_of(parent) or {}
  local fields, getters = new_store(inherited.fields), new_store(inherited.getters)
  local setters = new_store(inherited.setters)
  local metatable = proxy_metatable(fields)
  metatable.__call = construct
  metatable.stores = setmetatable({ fields = fields, getters = getters, setters = setters }, Stores)
  local class = setmetatable({}, metatable)
  fields.class = class
  if not parent then
    for key, value in pairs(Class) do
      class[key] = value
    end
  end
  local instance = instance_metatable(class, fields.all, getters.all)
  hear_stores(instance, setters)
  if not parent then
    instance.__tostring = to_string
  else
    for event, method in pairs(parent.__instance) do
      if instance[event] == nil and event ~= "__newindex" then instance[event] = method end
    end
  end
  class.__name = name
  class.__super = parent or false
  class.__instance = instance
  class.__getters = setmetatable({}, proxy_metatable(getters))
  class.__setters = setmetatable({}, proxy_metatable(setters))
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
    if store.all[key] == nil then put(store, key, value) end
  end
end

--- Takes over the methods and computed properties of another class, which then also answers `isInstance` for us.
-- What this class or its parents have already stays.
function Class:mixin(other)
  local ours, theirs = stores_of(self), type(other) == "table" and stores_of(other)
  if not ours or not theirs then error("mixin is called on a class, and takes a class", 2) end
  take_over(ours.fields, theirs.fields)
  take_over(ours.getters, theirs.getters)
  take_over(ours.setters, theirs.setters)
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
function Class:isInstance(value) return descends(class_of(value), self) end

--- Called with the constructor's arguments; a class overrides it and calls its parent's.
function Class.initialize() end

-- What `tostring` says of an instance behind its address; nil for nothing.
function Class._describe() return nil end

return {
  --- Makes a class without a parent.
  -- @tparam string name what messages call an instance of it
  new = function(name) return new_class(name) end,
  --- The class of an instance.
  -- @param value anything
  -- @treturn ?table nil if the value is no instance
  of = class_of,
  --- Makes another metatable for instances of a class. What many instances have in common stands there, and not in each
  -- of them.
  -- @tparam table class
  -- @tparam table common fields of the metatable
  -- @treturn table
  variant = function(class, common)
    for key, value in pairs(class.__instance) do
      common[key] = value
    end
    return common
  end,
  --- Has functions told of a field before it gets another value. What they raise keeps the value from being stored.
  -- Who watches it already, or watches it of the parent, is told, too.
  -- @tparam table class
  -- @tparam string key
  -- @tparam ?function told told(class, value, old): the class's own field changes, or that of a class derived
  --   from it which inherits it
  -- @tparam[opt] function callback callback(object, value): an instance gets a field of that name. Not told of an
  --   instance that has one already
  watch = function(class, key, told, callback)
    local stores = stores_of(class)
    local store = stores.fields
    local watched = {}
    for name, other in pairs(store.watched or {}) do
      watched[name] = other
    end
    local before = watched[key]
    watched[key] = told or before
    if told and before then
      watched[key] = function(...)
        before(...)
        told(...)
      end
    end
    store.watched = watched -- a new one: the old one may be the parent's
    if not callback then return end
    local store_before = stores.setters.all[key]
    assign(stores.setters, key, function(self, value)
      callback(self, value)
      if store_before then
        store_before(self, value)
      else
        rawset(self, key, value)
      end
    end)
  end,
}
