local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

-- A user's own emit of data, and a listener for newListener.
pair({}, function(client, peer)
  local note = watch(client, "client", { "close" })
  client:on("newListener", function(event) note("newListener", event) end)
  client:on("data", function(data) note("data", data) end)
  note("emit", client:emit("data", "made up"))
  peer:resume()
  peer:finish("real")
end)
