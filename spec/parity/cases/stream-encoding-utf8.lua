local prelude = require("prelude")
local Readable, actor, bytes, log = prelude.Readable, prelude.actor, prelude.bytes, prelude.log

-- A character cut in every place.
local source = Readable({ read = function() end })
local note = actor("source")
log("returns itself", source:setEncoding("utf8") == source)
log("encoding", source.readableEncoding)
source:on("data", function(data) note("data", data) end)
source:on("end", function() note("end") end)
local parts = {
  bytes(97),
  bytes(195),
  bytes(169),
  bytes(226),
  bytes(130),
  bytes(172),
  bytes(240, 159),
  bytes(152, 128),
  bytes(98, 226, 130),
}
for _, part in ipairs(parts) do source:push(part) end
source:push(nil)
