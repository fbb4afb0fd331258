local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  peer:resume()
  client:destroy()
  note("write", client:write("x", function(err) note("callback", err) end))
  client:on("close", function() note("write", client:write("y", function(err) note("callback", err) end)) end)
end)
