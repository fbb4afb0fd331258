local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

-- The peer has said FIN, and without allowHalfOpen we answer at once.
pair({}, function(client, peer)
  local note = watch(client, "client")
  peer:resume()
  client:on("end", function() note("write", client:write("too late", function(err) note("callback", err) end)) end)
  peer:finish()
end)
