local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  peer:resume()
  client:setTimeout(20, function() note("never") end)
  client:setTimeout(0)
  note("field", client.timeout, client:listenerCount("timeout"))
  later(function() client:finish() end, 60)
end)
