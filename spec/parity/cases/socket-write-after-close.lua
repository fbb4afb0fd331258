local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  peer:resume()
  client:finish()
  client:on("close", function()
    note("write", client:write("y", function(err) note("callback", err) end))
    note("end", client:finish("z", function(err) note("end callback", err) end) == client)
  end)
end)
