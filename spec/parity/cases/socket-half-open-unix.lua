local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

pair({ unix = true, client = { allowHalfOpen = true }, server = { allowHalfOpen = true } }, function(client, peer)
  local one = watch(client, "client")
  local two = watch(peer, "peer")
  client:on("end", function() one("state", client.readyState) end)
  peer:on("end", function()
    two("state", peer.readyState)
    later(function() peer:finish("answer") end)
  end)
  client:finish("question")
end)
