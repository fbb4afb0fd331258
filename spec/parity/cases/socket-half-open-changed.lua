local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

-- The field may be set later.
pair({}, function(client, peer)
  local note = watch(client, "client")
  watch(peer, "peer")
  client.allowHalfOpen = true
  client:on("end", function()
    later(function()
      note("state", client.readyState)
      client:finish("late")
    end)
  end)
  peer:finish()
end)
