local prelude = require("prelude")
local newError, pair, watch = prelude.newError, prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  peer:resume()
  client:destroy(newError("first"))
  client:destroy(newError("second"))
  note("errored", client.errored)
end)
