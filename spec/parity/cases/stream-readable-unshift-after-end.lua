local prelude = require("prelude")
local Readable, watch = prelude.Readable, prelude.watch

local source = Readable({ read = function() end })
local note = watch(source, "source", { "close", "error" })
source:on("end", function()
  note("end")
  source:unshift("x")
end)
source:push(nil)
source:resume()
