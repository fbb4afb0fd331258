local prelude = require("prelude")
local later, log, pair, watch = prelude.later, prelude.log, prelude.pair, prelude.watch

-- Nobody reads: neither end nor close comes.
pair({}, function(client, peer)
  watch(client, "client", { "end", "close", "finish" })
  watch(peer, "peer", { "finish", "close" })
  peer:finish("unread")
  later(function()
    log("state", client.destroyed, client.readableLength, client.readyState)
    client:destroy()
    peer:destroy()
  end, 60)
end)
