local prelude = require("prelude")
local log, nextTick, pair = prelude.log, prelude.nextTick, prelude.pair

-- A write's callback comes in a tick, never within write.
pair({}, function(client, peer)
  client:resume()
  peer:resume()
  nextTick(function() log("tick before") end)
  client:write("x", function() log("callback") end)
  nextTick(function() log("tick after") end)
  log("after write")
  client:finish()
end)
