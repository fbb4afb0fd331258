local prelude = require("prelude")
local log, newError, pair = prelude.log, prelude.newError, prelude.pair

pair({}, function(client, peer)
  peer:resume()
  client:on("close", function(hadError) log("close", hadError) end)
  client:destroy(newError("nobody listens"))
end)
