local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

-- A peer of a unix socket that is destroyed with data it never read.
pair({ unix = true, server = { pauseOnConnect = true } }, function(client, peer)
  local note = watch(client, "client")
  note("write", client:write("never read"))
  later(function() peer:destroy() end)
end)
