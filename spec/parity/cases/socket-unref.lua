local prelude = require("prelude")
local log, pair = prelude.log, prelude.pair

-- Only an unref'd socket is left: the loop ends.
pair({}, function(client, peer)
  client:on("close", function() log("never") end)
  client:resume()
  peer:resume()
  client:unref()
  peer:unref()
  log("unref'd")
end)
