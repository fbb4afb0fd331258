--- Text and numbers as programs write them for programs: whatever locale the process has chosen.
--
-- `lower`, `%s` and their like, `tostring` of a fraction and `tonumber` go by the locale: a comma in the place of the
-- point, an I whose small letter is no i.
--
-- Floor 0.

local plain = {}

local SMALL = {}
for byte = ("A"):byte(), ("Z"):byte() do
  SMALL[string.char(byte)] = string.char(byte + 32)
end

--- The letters A to Z in small.
-- @tparam string text
-- @treturn string
function plain.lower(text) return (text:gsub("[A-Z]", SMALL)) end

--- Has a text nothing but white space?
function plain.isBlank(text) return not text:find("[^ \t\n\v\f\r]") end

-- What stands for the point now; the locale may be another one the next time.
local function point() return ("%.1f"):format(0.5):match("^0(.-)5$") or "." end

--- The number that a value is, or that a text says; else nil.
-- @param value anything
-- @treturn ?number
function plain.toNumber(value)
  if type(value) ~= "string" then return type(value) == "number" and value or nil end
  -- Beyond digits there are the letters of hexadecimal ones; some Luas take "nan" and "inf", and some a comma.
  if value:find("[^0-9a-fA-FxXpP.+ \t\n\v\f\r-]") then return nil end
  return tonumber(value) or tonumber((value:gsub("%.", point())))
end

--- A number as JavaScript writes it: neither 1.0 nor 1,5 nor -nan.
-- @tparam number value
-- @treturn string
function plain.number(value)
  if value ~= value then return "NaN" end
  if value == math.huge then return "Infinity" end
  if value == -math.huge then return "-Infinity" end
  local text = tostring(value):gsub("[^0-9e+-]+", ".", 1)
  return (text:gsub("^(%-?[0-9]+)%.0$", "%1"))
end

return plain
