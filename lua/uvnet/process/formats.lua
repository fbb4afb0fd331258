--- The two forms that messages take on a channel.
--
-- `json` is Node's default: a line of JSON for each message. `advanced` is a length and a body. What Node calls
-- advanced is V8's own form, which only V8 reads: here it is one for two Luas (serialize.c).
--
-- A format has `encode(value)`, which gives the bytes or raises a DataCloneError, and `reader(max)`: first
-- `reader:feed(bytes)`, and then `reader:next()` until it says that there is no more. `carries`: the other side is a
-- Lua, too.
--
-- Floor 2.

local core = require("uvnet.core")
local errors = require("uvnet.errors")

local byte, find, deserialize = string.byte, string.find, core.deserialize

local formats = {}

--- Bytes that a message may have, unless the options say otherwise.
formats.MAX_MESSAGE = 64 * 1024 * 1024

local function clone_error(reason) return errors(reason, { name = "DataCloneError", code = 25 }) end

local function bad_message(reason)
  return errors("A message on the channel cannot be read: " .. reason, { code = "ERR_IPC_BAD_MESSAGE" })
end

local function too_long(size, max)
  local text = "A message of more than %d bytes on the channel, where at most %d may come"
  return errors.RangeError(text:format(size, max), { code = "ERR_FRAME_TOO_LONG" })
end

-- Bytes that come in pieces. They are joined only when a message is whole: each is copied twice, however it was cut.
local function new_pieces() return { count = 0, size = 0 } end

local function add(pieces, bytes)
  pieces.count = pieces.count + 1
  pieces[pieces.count] = bytes
  pieces.size = pieces.size + #bytes
end

local function join(pieces)
  local text = pieces.count == 1 and pieces[1] or table.concat(pieces, "", 1, pieces.count)
  for i = 2, pieces.count do
    pieces[i] = nil
  end
  pieces[1], pieces.count = text, 1
  return text
end

-- ---- advanced ----

local function plain(value)
  local kind = type(value)
  return kind == "string" or kind == "number" or kind == "boolean"
end

-- Of an Error goes what it says, and what has caused it; not what is of this process, such as the socket that it is of.
local function classify(value)
  if not errors:isInstance(value) then return nil end
  local fields = {}
  for key, one in next, value do
    if plain(one) or key == "cause" or key == "errors" then fields[key] = one end
  end
  fields.name = value.name
  return getmetatable(value).class.__name, fields
end

local CLASSES = {
  Error = errors,
  TypeError = errors.TypeError,
  RangeError = errors.RangeError,
  AggregateError = errors.AggregateError,
}

local function make(name) return setmetatable({}, (CLASSES[name] or errors).__instance) end

local LENGTH, V8 = 4, 255

local Advanced = {}
Advanced.__index = Advanced

-- Most often a chunk is one message or several: `text` is what has come, `size` how much of it there is with the pieces
-- that have come behind it, and `at` what has been read.
function Advanced:feed(bytes)
  self.size = self.size + #bytes
  local pieces = self.pieces
  if pieces then
    pieces[#pieces + 1] = bytes
  elseif self.text then
    self.pieces = { self.text, bytes }
  else
    self.text = bytes
  end
end

-- true and the message; false: it is not whole yet; nil and an Error.
function Advanced:next()
  local at, length = self.at, self.length
  local left = self.size - at
  if left < LENGTH or (length and left < LENGTH + length) then return false end
  local text = self.text
  if self.pieces then
    text = table.concat(self.pieces)
    self.text, self.pieces = text, false
  end
  if not length then
    local a, b, c, d = byte(text, at + 1, at + LENGTH)
    length = ((a * 256 + b) * 256 + c) * 256 + d
    self.length = length
    if length > self.max then return nil, too_long(length, self.max) end
    if left < LENGTH + length then return false end
  end
  local last = at + LENGTH + length
  local ok, message = deserialize(text, at + LENGTH + 1, last, make)
  if not ok then
    local is_v8 = byte(text, at + LENGTH + 1) == V8
    return nil, bad_message(is_v8 and "it is in V8's form; between Node and Lua use serialization = \"json\""
      or "it is not in the form of two Luas")
  end
  self.length = false
  if last == self.size then
    self.text, self.size, self.at = false, 0, 0
  elseif last > 65536 then
    self.text, self.size, self.at = text:sub(last + 1), self.size - last, 0
  else
    self.at = last
  end
  return true, message
end

--- Has a part of a message come?
function Advanced:isWaiting() return self.size > self.at end

formats.advanced = {
  carries = true, -- what was read of a socket, beside it
  encode = function(value)
    local text, reason = core.serialize(value, classify)
    if not text then error(clone_error(reason), 0) end
    return text
  end,
  reader = function(max)
    return setmetatable({ text = false, pieces = false, size = 0, at = 0, length = false, max = max }, Advanced)
  end,
}

-- ---- JSON ----

local json
local fast_decode -- the same by lpeg, where that is installed: two to three times as fast

local function load_json()
  if json then return json end
  local ok, module = pcall(require, "dkjson")
  if not ok then
    error(errors(
      "Messages in JSON need the module dkjson: `luarocks install dkjson`, or Debian's lua-dkjson\n"
        .. tostring(module),
      { code = "ERR_MODULE_NOT_FOUND" }
    ), 0)
  end
  json = module
  local has_lpeg, fast = pcall(module.use_lpeg)
  fast_decode = has_lpeg and fast.decode or nil
  return json
end

local MAX_DEPTH = 100

-- A number as JSON writes it, exactly.
local function number_text(value)
  local text = ("%.15g"):format(value)
  if tonumber(text) ~= value then text = ("%.17g"):format(value) end
  return (text:gsub(",", "."))
end

local Number = {
  __tojson = function(self, state)
    local buffer, length = state.buffer, state.bufferlen + 1
    buffer[length] = self.text
    state.bufferlen = length
    return true
  end,
}

local math_type = math.type

local function is_whole(value)
  if math_type then return math_type(value) == "integer" end
  return value % 1 == 0 and value > -2 ^ 53 and value < 2 ^ 53
end

-- JSON's null, as it may stand within a message.
local function is_null(value) return json and value == json.null end

local function last_of(list)
  local last = 0
  for key in next, list do
    if type(key) == "number" and key > last then last = key end
  end
  return last
end

local function copy_of(value, metatable)
  local copy = {}
  for key, one in next, value do
    copy[key] = one
  end
  return setmetatable(copy, metatable)
end

local function number_to_json(value)
  if is_whole(value) then return value end
  if value ~= value or value == math.huge or value == -math.huge then
    error(clone_error(tostring(value) .. " could not be cloned."), 0)
  end
  return setmetatable({ text = number_text(value) }, Number)
end

local table_to_json -- defined below

-- What dkjson writes exactly: the value itself, or, where something in it has to be said otherwise, a copy. Raises for
-- what JSON cannot say. Whether strings are UTF-8 is asked once, of the whole text.
local function to_json(value, depth, above)
  local kind = type(value)
  if kind == "string" or kind == "boolean" or kind == "nil" then return value end
  if kind == "number" then return number_to_json(value) end
  if is_null(value) then return value end
  if kind ~= "table" then error(clone_error(kind .. " could not be cloned."), 0) end
  return table_to_json(value, depth, above)
end

function table_to_json(value, depth, above)
  if above[value] then error(clone_error("A table that contains itself could not be cloned."), 0) end
  if depth > MAX_DEPTH then error(clone_error("A table that is nested too deep could not be cloned."), 0) end
  local metatable = getmetatable(value)
  if metatable ~= nil and errors:isInstance(value) then
    local _, fields = classify(value)
    return table_to_json(fields, depth, above)
  end
  above[value] = true
  local came_as_list = type(metatable) == "table" and metatable.__jsontype == "array"
  local count, length, names = 0, came_as_list and last_of(value) or #value, false
  local copy = nil -- made once something in it is another
  for key, one in next, value do
    count = count + 1
    if type(key) == "string" then
      names = true
    elseif not (type(key) == "number" and key % 1 == 0 and key >= 1 and key <= length) then
      error(clone_error("A key that is no string could not be cloned."), 0)
    end
    local kind = type(one)
    if kind ~= "string" and kind ~= "boolean" then
      local said = to_json(one, depth + 1, above)
      if not rawequal(said, one) then
        copy = copy or copy_of(value, metatable)
        copy[key] = said
      end
    end
  end
  if names and length > 0 then error(clone_error("A table with a list and names could not be cloned."), 0) end
  if came_as_list then -- a null in it is a hole here
    for i = 1, length do
      if rawget(value, i) == nil then
        copy = copy or copy_of(value, metatable)
        copy[i], count = json.null, count + 1
      end
    end
  end
  if not names and count ~= length then error(clone_error("A list with holes could not be cloned."), 0) end
  above[value] = nil
  return copy or value
end

-- What tells a table that came as an object from one that came as a list, where both are empty.
local OBJECT, LIST = { __jsontype = "object" }, { __jsontype = "array" }

local Lines = {}
Lines.__index = Lines

function Lines:feed(bytes)
  add(self.pieces, bytes)
  if not self.whole and bytes:find("\n", 1, true) then self.whole = true end
end

function Lines:next()
  local pieces = self.pieces
  if not self.whole then
    if pieces.size - self.at > self.max then return nil, too_long(pieces.size - self.at, self.max) end
    return false
  end
  local text = join(pieces)
  local stop = text:find("\n", self.at + 1, true)
  if not stop then
    self.whole = false
    local rest = text:sub(self.at + 1)
    self.pieces, self.at = new_pieces(), 0
    if rest ~= "" then add(self.pieces, rest) end
    return self:next()
  end
  local first = self.at + 1
  self.at = stop
  if stop - first > self.max then return nil, too_long(stop - first, self.max) end
  local line = text:sub(first, stop - 1)
  if fast_decode then
    local ok, message, rest, reason = pcall(fast_decode, line, 1, nil, OBJECT, LIST)
    if ok and not reason and not find(line, "%S", rest) then return true, message end
    -- It does not nest as deep, and says less of what is wrong.
  end
  local ok, message, rest, reason = pcall(json.decode, line, 1, nil, OBJECT, LIST)
  if not ok then return nil, bad_message(tostring(message)) end
  if reason or find(line, "%S", rest) then return nil, bad_message(reason or "something follows the JSON") end
  return true, message
end

function Lines:isWaiting() return self.pieces.size > self.at end

formats.json = {
  encode = function(value)
    load_json()
    local text = json.encode(to_json(value, 0, {}))
    if not core.isUtf8(text) then error(clone_error("A string that is not UTF-8 could not be cloned."), 0) end
    return text .. "\n"
  end,
  reader = function(max)
    load_json()
    return setmetatable({ pieces = new_pieces(), at = 0, max = max }, Lines)
  end,
}

return formats
