local prelude = require("prelude")
local Readable, actor, bytes = prelude.Readable, prelude.actor, prelude.bytes

-- Bytes that are no UTF-8 become U+FFFD.
local function decode(name, list)
  local source = Readable({ read = function() end })
  source:setEncoding("utf8")
  local all = ""
  source:on("data", function(data) all = all .. data end)
  source:on("end", function() actor(name)("text", all) end)
  for _, part in ipairs(list) do source:push(part) end
  source:push(nil)
end
decode("lone continuation", { bytes(128, 65) })
decode("overlong", { bytes(192, 128, 65) })
decode("surrogate", { bytes(237, 160, 128, 65) })
decode("too large", { bytes(244, 144, 128, 128, 65) })
decode("not a start", { bytes(255, 254, 65) })
decode("cut short by ASCII", { bytes(226, 130, 65) })
decode("cut short by ASCII, in two", { bytes(226, 130), bytes(65) })
decode("cut short by a start", { bytes(226, 226, 130, 172) })
decode("cut short by a start, in two", { bytes(240, 159), bytes(195, 169) })
decode("at the end", { bytes(65, 240, 159, 152) })
decode("zero", { bytes(65, 0, 66) })
