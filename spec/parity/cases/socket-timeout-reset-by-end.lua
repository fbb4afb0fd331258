local prelude = require("prelude")
local later, log, pair = prelude.later, prelude.log, prelude.pair

-- The peer's end is traffic: the time begins anew.
pair({ server = { allowHalfOpen = true } }, function(client, peer)
  peer:on("end", function() log("end") end)
  peer:on("timeout", function()
    log("timeout")
    peer:destroy()
  end)
  peer:resume()
  peer:setTimeout(400)
  later(function() client:finish() end, 250)
  later(function() log("still quiet") end, 500)
end)
