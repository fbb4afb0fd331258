local prelude = require("prelude")
local Readable, bytes, log = prelude.Readable, prelude.bytes, prelude.log

local source = Readable({ encoding = "hex", read = function() end })
source:on("data", function(data) log("data", data) end)
source:on("end", function() log("end") end)
source:push(bytes(0, 15, 255))
source:push(bytes(171))
source:push(nil)
