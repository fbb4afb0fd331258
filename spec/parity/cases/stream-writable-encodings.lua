local prelude = require("prelude")
local Writable, log = prelude.Writable, prelude.log

local sink = Writable({
  write = function(_, chunk, encoding, callback)
    log("chunk", chunk, encoding)
    callback()
  end,
})
sink:write("é€")
sink:write("é", "utf8")
sink:write("é", "latin1")
sink:write("é", "binary")
sink:write("é😀", "utf16le")
sink:write("é", "ucs2")
sink:write("00ff1", "hex")
sink:write("0g00", "hex")
sink:write("AAEC", "base64")
sink:write("-_-_", "base64url")
sink:write("+/+/", "base64url")
sink:write("AA==", "base64")
sink:write("A A\nE", "base64")
sink:write("abc", "ascii")
sink:finish("Zm9v", "base64")
