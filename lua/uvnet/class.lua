--- Classes: a class is a table that is called, `X:extend()` makes a subclass.
--
-- Methods are the fields of the class table. A computed property is a function in the class's `__getters`; it runs when
-- an instance has no field of that name. A field that equals its default is not stored in the instance at all, for there
-- may be a hundred thousand of them: the default lives in the class.
--
-- Floor 0.

local Class = {}

local function construct(class, ...)
  local self = setmetatable({}, class.__instance)
  self:initialize(...)
  return self
end

-- The metatable of a class's instances. It hides behind no proxy: `getmetatable(obj).class` is the class.
local function instance_metatable(class)
  local getters = class.__getters
  return {
    class = class,
    __index = function(self, key)
      local value = class[key]
      if value == nil then
        local getter = getters[key]
        if getter then return getter(self) end
      end
      return value
    end,
  }
end

local function new_class(name, parent)
  local class = {
    __name = name,
    __super = parent,
    __getters = setmetatable({}, { __index = parent and parent.__getters }),
    __mixins = {},
  }
  class.__instance = instance_metatable(class)
  if parent then
    for event, method in pairs(parent.__instance) do
      if class.__instance[event] == nil then class.__instance[event] = method end
    end
  end
  return setmetatable(class, { __index = parent or Class, __call = construct })
end

--- Makes a subclass.
-- @tparam[opt] string name what messages call an instance of it
-- @treturn table the class
function Class:extend(name) return new_class(name or self.__name, self) end

--- Takes over the methods and computed properties of another class, which then also answers `isInstance` for us.
-- What this class or its parents have already stays.
function Class:mixin(other)
  for key, value in pairs(other) do
    if self[key] == nil then self[key] = value end
  end
  for key, getter in pairs(other.__getters) do
    if self.__getters[key] == nil then self.__getters[key] = getter end
  end
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

return {
  --- Makes a class without a parent.
  -- @tparam string name what messages call an instance of it
  new = function(name) return new_class(name) end,
}
