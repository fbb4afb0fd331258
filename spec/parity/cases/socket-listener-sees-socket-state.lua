local prelude = require("prelude")
local actor, fieldsOf, pair = prelude.actor, prelude.fieldsOf, prelude.pair

-- The peer's state within each of its events.
pair({}, function(client, peer)
  local note = actor("peer")
  local fields = {
    "readyState",
    "destroyed",
    "readable",
    "writable",
    "readableEnded",
    "writableEnded",
    "writableFinished",
  }
  local function state(event) note(event, fieldsOf(peer, fields)) end
  peer:on("data", function() state("data") end)
  peer:on("end", function() state("end") end)
  peer:on("finish", function() state("finish") end)
  peer:on("close", function() state("close") end)
  client:resume()
  client:finish("x")
end)
