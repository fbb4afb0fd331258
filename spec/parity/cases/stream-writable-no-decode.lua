local prelude = require("prelude")
local Writable, log = prelude.Writable, prelude.log

local sink = Writable({
  decodeStrings = false,
  write = function(_, chunk, encoding, callback)
    log("chunk", chunk, encoding)
    callback()
  end,
})
sink:write("414243", "hex")
sink:finish("é", "latin1")
