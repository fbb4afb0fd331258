local prelude = require("prelude")
local Error, later, log, pair = prelude.Error, prelude.later, prelude.log, prelude.pair
local watch = prelude.watch

pair({}, function(client, peer)
  watch(client, "client", { "data", "end", "close" })
  watch(peer, "peer", { "end", "close" })
  client:on("end", function() error(Error("in end"), 0) end)
  peer:finish("x")
  later(function()
    log("destroyed", client.destroyed)
    client:destroy()
    peer:destroy()
  end, 60)
end)
