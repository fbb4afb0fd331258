local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  peer:resume()
  peer:on("error", function() end)
  client:finish("once")
  client:finish("twice", function(err) note("second callback", err) end)
end)
