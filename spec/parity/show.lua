-- Values as both languages show them in a trace. Its twin: show.js.

local net = require("uvnet")
local Error = net.errors
local EventEmitter = net.events

local LONG = 60 -- bytes of a string that are shown

local hidden = {} -- directories whose names differ from run to run

local function hide(dir) hidden[#hidden + 1] = dir end

local function is_ephemeral(number) return number >= 32768 and number <= 60999 and number % 1 == 0 end

-- Ports that the system chose differ from run to run, too.
local function mask(text)
  for _, dir in ipairs(hidden) do
    local start, stop = text:find(dir, 1, true)
    while start do
      text = text:sub(1, start - 1) .. "PATH" .. text:sub(stop + 1)
      start, stop = text:find(dir, 1, true)
    end
  end
  return (text:gsub(":(%d+)", function(digits)
    if #digits == 5 and is_ephemeral(tonumber(digits)) then return ":PORT" end
  end))
end

local function quote(text)
  local shown = #text > LONG and text:sub(1, 20) or text
  shown = shown:gsub(".", function(char)
    if char == '"' or char == "\\" then return "\\" .. char end
    local byte = char:byte()
    if byte < 32 or byte > 126 then return ("\\x%02x"):format(byte) end
  end)
  return '"' .. shown .. '"' .. (#text > LONG and ("...%d bytes"):format(#text) or "")
end

local show

local ERROR_FIELDS = { "errno", "syscall", "address", "port", "hostname" }

local function show_error(err)
  local out = tostring(err.name) .. (err.code == nil and "" or (" [%s]"):format(tostring(err.code)))
  out = out .. " " .. mask(tostring(err.message))
  local fields = {}
  for _, key in ipairs(ERROR_FIELDS) do
    if err[key] ~= nil then fields[#fields + 1] = key .. ": " .. show(err[key]) end
  end
  if #fields > 0 then out = out .. " {" .. table.concat(fields, ", ") .. "}" end
  if err.errors then
    local inner = {}
    for i, one in ipairs(err.errors) do
      inner[i] = show_error(one)
    end
    out = out .. " [" .. table.concat(inner, "; ") .. "]"
  end
  return out
end

local function show_number(value)
  if value ~= value then return "NaN" end
  if value == math.huge then return "Infinity" end
  if value == -math.huge then return "-Infinity" end
  -- 5.0 on Lua 5.3 and later is shown as such, and differs: counts and ports are integers.
  return is_ephemeral(value) and "PORT" or tostring(value)
end

function show(value)
  local kind = type(value)
  if kind == "number" then return show_number(value) end
  if kind == "string" then return quote(mask(value)) end
  if kind ~= "table" then return kind == "function" and kind or tostring(value) end
  if Error:isInstance(value) then return show_error(value) end
  if EventEmitter:isInstance(value) then return getmetatable(value).class.__name end
  if value[1] ~= nil then
    local list = {}
    for i, one in ipairs(value) do
      list[i] = show(one)
    end
    return "[" .. table.concat(list, ", ") .. "]"
  end
  local keys = {}
  for key in pairs(value) do
    keys[#keys + 1] = tostring(key)
  end
  table.sort(keys)
  for i, key in ipairs(keys) do
    keys[i] = key .. ": " .. show(value[key])
  end
  return "{" .. table.concat(keys, ", ") .. "}"
end

local function line(label, ...)
  local shown = {}
  for i = 1, select("#", ...) do
    shown[i] = show((select(i, ...)))
  end
  while shown[#shown] == "nil" do
    shown[#shown] = nil
  end
  return #shown == 0 and label or label .. " " .. table.concat(shown, ", ")
end

return { hide = hide, show = show, line = line }
