local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  watch(peer, "peer")
  client:write("last words")
  client:destroySoon()
  note("state", client.destroyed, client.writable)
end)
