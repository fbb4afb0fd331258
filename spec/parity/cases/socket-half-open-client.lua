local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

-- The client keeps writing after the peer's end.
pair({ client = { allowHalfOpen = true } }, function(client, peer)
  local note = watch(client, "client")
  watch(peer, "peer")
  client:on("end", function()
    note("state", client.readyState, client.readable, client.writable, client.destroyed)
    later(function() client:finish("still writing") end)
  end)
  peer:finish("that was all")
end)
