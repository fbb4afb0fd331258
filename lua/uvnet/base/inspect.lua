--- How messages show values: Node's words, `nil` being its `undefined`.
--
-- Floor 0.

local class_of = require("uvnet.base.class").of
local number_text = require("uvnet.base.plain").number

local shown = {
  --- The depth from which a table within a table is shown by its kind only.
  DEEPEST = 3,
}

local ESCAPES = {
  ["\b"] = "\\b", ["\t"] = "\\t", ["\n"] = "\\n", ["\f"] = "\\f", ["\r"] = "\\r", ["\\"] = "\\\\", ["'"] = "\\'",
}

local function escape(character) return ESCAPES[character] or ("\\x%02X"):format(character:byte()) end

local function quote(text) return "'" .. text:gsub("[%c\\']", escape) .. "'" end

local function shorten(text)
  if #text > 28 then text = text:sub(1, 25) .. "..." end
  return text
end

--- A value that should have been another.
-- @param value anything
-- @treturn string such as `type string ('x')`
function shown.received(value)
  local kind = type(value)
  if kind == "nil" then return "undefined" end
  if kind == "function" then return "function " end
  if kind == "string" then return "type string (" .. quote(shorten(value)) .. ")" end
  if kind == "number" then return "type number (" .. number_text(value) .. ")" end
  if kind == "boolean" then return "type boolean (" .. tostring(value) .. ")" end
  if kind == "table" then
    local its_class = class_of(value)
    return "an instance of " .. (its_class and tostring(its_class.__name) or "Object")
  end
  return "an instance of " .. kind
end

local inspect

local function inspect_table(value, depth)
  local parts = {}
  for key, field in pairs(value) do
    local text = type(field) == "table" and depth >= shown.DEEPEST and "[Object]" or inspect(field, depth + 1)
    parts[#parts + 1] = type(key) == "number" and text or ("%s: %s"):format(tostring(key), text)
  end
  table.sort(parts)
  if #parts == 0 then return "{}" end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

--- A value as Node's `util.inspect` shows a plain one.
function shown.inspect(value, depth)
  if type(value) == "string" then return quote(value) end
  if type(value) == "table" and getmetatable(value) == nil then return inspect_table(value, depth or 0) end
  if value == nil then return "undefined" end
  if type(value) == "number" then return number_text(value) end
  return tostring(value)
end

inspect = shown.inspect

return shown
