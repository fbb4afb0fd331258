local prelude = require("prelude")
local later, log, pair, watch = prelude.later, prelude.log, prelude.pair, prelude.watch

pair({}, function(client, peer)
  watch(client, "client")
  peer:resume()
  client:setTimeout(20, function() log("never") end)
  client:destroy()
  later(function() log("waited") end, 60)
end)
