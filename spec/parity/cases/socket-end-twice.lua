local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  watch(peer, "peer", { "data", "end", "close" })
  client:finish("once", function() note("first callback") end)
  client:finish(function(err) note("second callback", err) end)
  client:on("close", function() client:finish(function(err) note("callback after close", err) end) end)
end)
