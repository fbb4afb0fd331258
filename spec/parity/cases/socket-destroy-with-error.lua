local prelude = require("prelude")
local newError, nextTick, pair, watch = prelude.newError, prelude.nextTick, prelude.pair, prelude.watch

for _, unix in ipairs({ false, true }) do
  pair({ unix = unix }, function(client, peer)
    local name = unix and "unix" or "tcp"
    local note = watch(client, name)
    watch(peer, name .. " peer")
    client:destroy(newError("my own"))
    note("state", client.destroyed, client.readable, client.writable)
    nextTick(function() note("tick") end)
  end)
end
