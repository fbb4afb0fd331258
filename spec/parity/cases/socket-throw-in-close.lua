local prelude = require("prelude")
local Error, pair, watch = prelude.Error, prelude.pair, prelude.watch

pair({}, function(client, peer)
  watch(client, "client")
  peer:resume()
  client:on("close", function() error(Error("in close"), 0) end)
  client:finish()
end)
