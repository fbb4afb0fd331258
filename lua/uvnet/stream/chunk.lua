--- What may be written: bytes, text in an encoding, or a list of either.
--
-- Floor 3.

local errors = require("uvnet.errors")
local text = require("uvnet.stream.text")

local CHUNK_TYPES = { "string", "Buffer", "TypedArray", "DataView" }

local function encode_list(list, encoding)
  local size, encoded = 0, nil
  for i = 1, #list do
    local part = list[i]
    if type(part) ~= "string" then errors.throw("ERR_INVALID_ARG_TYPE", "chunk", CHUNK_TYPES, part) end
    if encoding then
      part = text.encode(part, encoding)
      encoded = encoded or {}
      encoded[i] = part
    end
    size = size + #part
  end
  return encoded or list, size
end

local function is_list(value)
  return type(value) == "table" and getmetatable(value) == nil and (#value > 0 or next(value) == nil)
end

--- What becomes of a chunk that is written.
-- @param self the stream
-- @tparam table ws
-- @param chunk as the user gave it
-- @tparam ?string encoding the same
-- @return the chunk, as `_write` gets it
-- @treturn ?string the encoding, the same
-- @treturn integer the chunk's length
-- @raise ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING
return function(self, ws, chunk, encoding)
  if ws.objectMode then return chunk, encoding, 1 end
  if not encoding then
    encoding = ws.defaultEncoding or "utf8"
  elseif encoding ~= "buffer" and encoding ~= "utf8" then
    local name = text.name(encoding)
    if ws.decodeStrings ~= false then encoding = name end
  end
  local strange = encoding ~= "utf8" and encoding ~= "buffer" and ws.decodeStrings ~= false and encoding
  local size
  if type(chunk) == "string" then
    if strange then chunk = text.encode(chunk, strange) end
    size = #chunk
  elseif is_list(chunk) then
    chunk, size = encode_list(chunk, strange)
    if not self._listsAllowed then chunk = table.concat(chunk) end
  else
    errors.throw("ERR_INVALID_ARG_TYPE", "chunk", CHUNK_TYPES, chunk)
  end
  if ws.decodeStrings ~= false then encoding = "buffer" end
  return chunk, encoding, size
end
