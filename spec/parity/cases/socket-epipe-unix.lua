local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

pair({ unix = true, client = { allowHalfOpen = true } }, function(client, peer)
  local note = watch(client, "client")
  client:on("end", function() later(function() client:write("x", function(err) note("callback", err) end) end) end)
  peer:destroy()
end)
