local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

for _, unix in ipairs({ false, true }) do
  pair({ unix = unix }, function(client, peer)
    local name = unix and "unix" or "tcp"
    watch(client, name .. " client", { "data", "end", "error", "finish", "close" })
    watch(peer, name .. " peer", { "end", "error", "finish", "close" })
    peer:pipe(peer)
    client:write("one,")
    client:write("two,")
    later(function() client:finish("three") end)
  end)
end
