local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  peer:resume()
  note("returns itself", client:setTimeout(20) == client)
  note("field", client.timeout)
  client:on("timeout", function()
    note("state", client.destroyed, client.readyState)
    client:finish()
  end)
end)
