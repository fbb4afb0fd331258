local prelude = require("prelude")
local Readable, actor, bytes = prelude.Readable, prelude.actor, prelude.bytes

for _, encoding in ipairs({ "latin1", "binary", "ascii" }) do
  local source = Readable({ read = function() end })
  local note = actor(encoding)
  source:setEncoding(encoding)
  note("encoding", source.readableEncoding)
  source:on("data", function(data) note("data", data) end)
  source:push(bytes(65, 233, 255))
  source:push(nil)
end
