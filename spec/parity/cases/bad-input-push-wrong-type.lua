local prelude = require("prelude")
local Readable, actor = prelude.Readable, prelude.actor

for _, value in ipairs({ 5, true }) do
  local source = Readable({ read = function() end })
  local note = actor("push " .. (value == true and "a boolean" or "a number"))
  source:on("error", function(err) note("error", err) end)
  source:on("close", function() note("close") end)
  note("answer", source:push(value))
end
