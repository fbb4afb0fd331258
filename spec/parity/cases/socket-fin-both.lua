local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

-- Both sides end at once.
for _, unix in ipairs({ false, true }) do
  pair({ unix = unix }, function(client, peer)
    local name = unix and "unix" or "tcp"
    watch(client, name .. " client", { "data", "end", "error", "close" })
    watch(peer, name .. " peer", { "data", "end", "error", "close" })
    client:finish("from the client")
    peer:finish("from the peer")
  end)
end
