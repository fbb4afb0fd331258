local prelude = require("prelude")
local newError, pair, watch = prelude.newError, prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  peer:resume()
  client:on("close", function()
    client:destroy(newError("too late"))
    note("destroyed again")
  end)
  client:finish()
end)
