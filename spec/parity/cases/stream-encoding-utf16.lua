local prelude = require("prelude")
local Readable, bytes, log = prelude.Readable, prelude.bytes, prelude.log

local source = Readable({ read = function() end })
source:setEncoding("utf16le")
local all = ""
source:on("data", function(data) all = all .. data end)
source:on("end", function() log("text", all) end)
source:push(bytes(97))
source:push(bytes(0, 233))
source:push(bytes(0, 61, 216))
source:push(bytes(0))
source:push(bytes(222, 98, 0))
source:push(nil)
