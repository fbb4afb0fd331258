local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

for _, unix in ipairs({ false, true }) do
  pair({ unix = unix }, function(client, peer)
    local note = watch(client, unix and "unix" or "tcp")
    watch(peer, unix and "unix peer" or "tcp peer", { "data", "end", "close" })
    client:finish("last words", function(err) note("end callback", err) end)
    client:destroy()
    note("state", client.destroyed, client.writableFinished)
  end)
end
