local prelude = require("prelude")
local attempt, later, pair, watch = prelude.attempt, prelude.later, prelude.pair, prelude.watch

pair({ unix = true }, function(client, peer)
  local note = watch(client, "client")
  peer:resume()
  local result = attempt(function() return client:resetAndDestroy() == client end)
  note("result", result)
  later(function()
    client:destroy()
    peer:destroy()
  end)
end)
