--- What messages call an object: its class.
--
-- Floor 0.

return function(object)
  local metatable = getmetatable(object)
  local class = type(metatable) == "table" and rawget(metatable, "class")
  return class and class.__name or tostring(object)
end
