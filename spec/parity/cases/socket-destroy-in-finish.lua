local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  watch(peer, "peer")
  client:on("finish", function()
    note("destroy")
    client:destroy()
  end)
  client:finish("x")
end)
