--- Encodings: what their names are, text to bytes, and bytes that come in pieces to text.
--
-- Bytes and text are both Lua strings. Text is UTF-8: a decoder gives nothing else, whatever bytes come, and an encoder
-- reads its argument so.
--
-- Floor 2.

local core = require("uvnet.core")
local errors = require("uvnet.errors")
local lower = require("uvnet.base.plain").lower

local CANONICAL = {
  ["utf8"] = "utf8",
  ["utf-8"] = "utf8",
  ["ascii"] = "ascii",
  ["latin1"] = "latin1",
  ["binary"] = "latin1",
  ["hex"] = "hex",
  ["base64"] = "base64",
  ["base64url"] = "base64url",
  ["ucs2"] = "utf16le",
  ["ucs-2"] = "utf16le",
  ["utf16le"] = "utf16le",
  ["utf-16le"] = "utf16le",
}

local codec = {}

--- The canonical name of an encoding.
-- @tparam ?string encoding any of its names, in any case; nil and the empty string mean the default
-- @treturn ?string `utf8`, `ascii`, `latin1`, `hex`, `base64`, `base64url` or `utf16le`; nil when it is unknown
function codec.normalize(encoding)
  if encoding == nil or encoding == "" then return "utf8" end
  return type(encoding) == "string" and (CANONICAL[encoding] or CANONICAL[lower(encoding)]) or nil
end

--- Is this the name of an encoding?
-- @param encoding anything
-- @treturn boolean
function codec.isEncoding(encoding)
  return encoding ~= nil and encoding ~= "" and codec.normalize(encoding) ~= nil
end

local function check(encoding) return codec.normalize(encoding) or errors.throw("ERR_UNKNOWN_ENCODING", encoding) end

--- The bytes that a text stands for. Digits of `hex` are read up to the first pair that is none, those of `base64`
-- and `base64url`, in either alphabet, up to the first `=`, and what is no digit is passed over. Of a character beyond
-- U+00FF `latin1` and `ascii` keep the low byte of each 16-bit unit. What is no UTF-8 counts as U+FFFD, but for
-- `utf8`, which changes nothing.
-- @tparam string text
-- @tparam[opt="utf8"] string encoding
-- @treturn string
-- @raise ERR_UNKNOWN_ENCODING
function codec.encode(text, encoding) return core.encode(text, check(encoding)) end

--- Makes a decoder. Its `write(bytes)` returns the text of the next bytes, without the beginning of a character or of
-- a group of digits at their end, which waits for what follows; `finish()` returns the text of what still waits, and
-- the decoder can be used anew.
-- @tparam[opt="utf8"] string encoding
-- @treturn userdata
-- @raise ERR_UNKNOWN_ENCODING
function codec.decoder(encoding) return core.decoder(check(encoding)) end

return codec
