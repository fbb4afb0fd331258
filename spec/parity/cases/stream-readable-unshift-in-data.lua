local prelude = require("prelude")
local Readable, watch = prelude.Readable, prelude.watch

local source = Readable({ read = function() end })
local note = watch(source, "source", { "end", "close" })
local first = true
source:on("data", function(data)
  note("data", data)
  if first then
    first = false
    source:unshift("again")
  end
end)
source:push("one")
source:push("two")
source:push(nil)
