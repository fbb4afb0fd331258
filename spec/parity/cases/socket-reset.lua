local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

pair({}, function(client, peer)
  local one = watch(client, "client")
  local two = watch(peer, "peer")
  later(function()
    two("returns itself", peer:resetAndDestroy() == peer)
    two("state", peer.destroyed, peer.readyState)
    one("before", client.destroyed)
  end)
end)
