--- Can this value be called: is it a function, or a table with `__call`?
--
-- Floor 0.

local type, getmetatable = type, getmetatable

return function(value)
  if type(value) == "function" then return true end
  local metatable = getmetatable(value)
  return type(metatable) == "table" and metatable.__call ~= nil
end
