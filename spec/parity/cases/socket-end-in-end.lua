local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

-- Half-open: the answer to FIN is FIN.
pair({ client = { allowHalfOpen = true } }, function(client, peer)
  local note = watch(client, "client")
  watch(peer, "peer")
  client:on("end", function()
    client:finish("answer", function() note("callback") end)
    note("ended", client.writableEnded)
  end)
  peer:finish("question")
end)
