--- Encodings, for both sides of a stream.
--
-- Bytes need none: the codec is loaded when the first stream asks for an encoding that changes something.
--
-- Floor 3.

local errors = require("uvnet.errors")

local text = {}

local codec

local function load_codec()
  codec = codec or require("uvnet.base.codec")
  return codec
end

--- The canonical name of an encoding.
-- @param encoding what the user gave
-- @treturn string
-- @raise ERR_UNKNOWN_ENCODING
function text.name(encoding)
  if encoding == "utf8" or encoding == "utf-8" then return "utf8" end
  local name = encoding ~= nil and encoding ~= "" and load_codec().normalize(encoding)
  if not name then errors.throw("ERR_UNKNOWN_ENCODING", encoding) end
  return name
end

--- The bytes of a text.
-- @tparam string chunk
-- @tparam string name canonical
-- @treturn string
function text.encode(chunk, name)
  if name == "utf8" then return chunk end
  return load_codec().encode(chunk, name)
end

--- Makes a decoder: it has `write(bytes)` and `finish()`, both of which return text.
-- @tparam string name canonical
function text.decoder(name) return load_codec().decoder(name) end

return text
