local prelude = require("prelude")
local later, pair, rep, watch = prelude.later, prelude.pair, prelude.rep, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client", { "end", "finish", "close" })
  client:on("error", function(err) note("error", err.code) end)
  client:resume()
  peer:pause()
  client:write(rep("x", 8000000), function(err) note("callback", err) end)
  later(function() peer:resetAndDestroy() end)
end)
