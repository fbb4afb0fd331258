local prelude = require("prelude")
local Readable, actor, later = prelude.Readable, prelude.actor, prelude.later

-- A readable listener stops the flow.
local source = Readable({ read = function() end })
local note = actor("source")
source:on("data", function(data) note("data", data) end)
source:on("readable", function()
  note("readable")
  note("read", source:read())
end)
note("flowing", source.readableFlowing)
source:push("one")
later(function()
  source:push("two")
  later(function() source:push(nil) end)
end)
source:on("end", function() note("end") end)
