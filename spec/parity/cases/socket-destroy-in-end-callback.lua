local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  watch(peer, "peer", { "data", "end" })
  client:finish("bye", function()
    note("callback")
    client:destroy()
  end)
end)
