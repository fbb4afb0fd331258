--- Reads the JSON of a list of strings: what `blockList:toJSON()` becomes on its way.
--
-- Floor 2.

local errors = require("uvnet.errors")

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }

local function refuse(text, at)
  local here = text:sub(at, at)
  local message = here == "" and "Unexpected end of JSON input"
    or ("Unexpected token '%s' in JSON at position %d"):format(here, at - 1)
  error(errors(message, { name = "SyntaxError" }), 0)
end

local function utf8_of(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xC0 + math.floor(code / 64), 0x80 + code % 64) end
  return string.char(0xE0 + math.floor(code / 4096), 0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
end

-- The string whose quote is at `at`: it, and where it ends.
local function read_string(text, at)
  local parts = {}
  at = at + 1
  while true do
    local plain, stop = text:match('^([^"\\%c]*)()', at)
    parts[#parts + 1] = plain
    local char = text:sub(stop, stop)
    if char == '"' then return table.concat(parts), stop + 1 end
    if char ~= "\\" then refuse(text, stop) end
    local kind = text:sub(stop + 1, stop + 1)
    local digits = kind == "u" and text:match("^%x%x%x%x", stop + 2)
    if digits then
      parts[#parts + 1] = utf8_of(tonumber(digits, 16))
      at = stop + 6
    elseif ESCAPES[kind] then
      parts[#parts + 1] = ESCAPES[kind]
      at = stop + 2
    else
      refuse(text, stop + 1)
    end
  end
end

--- The strings in it; nil where it is JSON of something else.
-- @tparam string text
-- @treturn ?{string,...}
-- @raise a SyntaxError for what is no JSON
return function(text)
  local at = text:match("^%s*()")
  if text:sub(at, at) ~= "[" then
    if text:find("^[{\"%d%-]", at) or text:find("^true%s*$", at) or text:find("^false%s*$", at)
      or text:find("^null%s*$", at) then return nil end
    refuse(text, at)
  end
  local list = {}
  at = text:match("^%s*()", at + 1)
  if text:sub(at, at) == "]" then
    at = at + 1
  else
    while true do
      if text:sub(at, at) ~= '"' then
        if text:find("^[%[{%d%-tfn]", at) then return nil end
        refuse(text, at)
      end
      list[#list + 1], at = read_string(text, at)
      at = text:match("^%s*()", at)
      local char = text:sub(at, at)
      if char ~= "," and char ~= "]" then refuse(text, at) end
      at = text:match("^%s*()", at + 1)
      if char == "]" then break end
    end
  end
  at = text:match("^%s*()", at)
  if at <= #text then refuse(text, at) end
  return list
end
