local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  watch(peer, "peer")
  note("returns itself", client:finish("bye", "utf8", function() note("callback") end) == client)
  note("state", client.writableEnded, client.writableFinished, client.readyState, client.writable)
end)
