local prelude = require("prelude")
local Readable, actor, bytes = prelude.Readable, prelude.actor, prelude.bytes

-- A group of three is never cut in two.
for _, encoding in ipairs({ "base64", "base64url" }) do
  local source = Readable({ read = function() end })
  local note = actor(encoding)
  source:setEncoding(encoding)
  source:on("data", function(data) note("data", data) end)
  source:on("end", function() note("end") end)
  source:push(bytes(251))
  source:push(bytes(255, 191, 97))
  source:push(bytes(98, 99, 100, 101))
  source:push(bytes(102, 103))
  source:push(nil)
end
