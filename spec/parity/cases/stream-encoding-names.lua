local prelude = require("prelude")
local Readable, bad, log = prelude.Readable, prelude.bad, prelude.log

for _, name in ipairs({
  "utf8",
  "utf-8",
  "UTF-8",
  "ucs2",
  "ucs-2",
  "utf16le",
  "utf-16le",
  "latin1",
  "binary",
  "base64",
  "base64url",
  "hex",
  "HEX",
  "ascii",
}) do
  local source = Readable({ read = function() end })
  source:setEncoding(name)
  log(name, source.readableEncoding)
end
local none = Readable({ read = function() end })
log("none", none.readableEncoding)
none:setEncoding()
log("default", none.readableEncoding)
bad("unknown", function() return Readable({ read = function() end }):setEncoding("klingon") end)
