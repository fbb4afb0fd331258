-- Plain tables to JSON, keys sorted, so that two runs can be compared by diff.

local function quote(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return ("\\u%04x"):format(c:byte()) end) .. '"'
end

local function encode(value, indent)
  local kind = type(value)
  if kind == "string" then return quote(value) end
  if kind == "number" then
    if value % 1 == 0 and math.abs(value) < 1e15 then return ("%.0f"):format(value) end
    return ("%.6g"):format(value)
  end
  if kind ~= "table" then return tostring(value) end
  local inner, parts = indent .. "  ", {}
  if #value > 0 or next(value) == nil then
    for i, item in ipairs(value) do
      parts[i] = inner .. encode(item, inner)
    end
    if #parts == 0 then return "{}" end
    return "[\n" .. table.concat(parts, ",\n") .. "\n" .. indent .. "]"
  end
  local keys = {}
  for key in pairs(value) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for i, key in ipairs(keys) do
    parts[i] = inner .. quote(key) .. ": " .. encode(value[key], inner)
  end
  return "{\n" .. table.concat(parts, ",\n") .. "\n" .. indent .. "}"
end

return function(value) return encode(value, "") end
