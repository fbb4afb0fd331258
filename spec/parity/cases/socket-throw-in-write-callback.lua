local prelude = require("prelude")
local Error, later, pair, watch = prelude.Error, prelude.later, prelude.pair, prelude.watch

pair({}, function(client, peer)
  watch(client, "client", { "error", "finish", "end", "close" })
  watch(peer, "peer")
  client:resume()
  client:write("one", function() error(Error("in the callback"), 0) end)
  later(function() client:finish("two") end)
end)
