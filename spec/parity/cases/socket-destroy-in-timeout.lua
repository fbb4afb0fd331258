local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  watch(peer, "peer")
  client:setTimeout(20, function()
    note("timeout callback")
    client:destroy()
  end)
end)
