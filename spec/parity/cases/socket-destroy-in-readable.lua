local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client", { "end", "error", "close" })
  peer:on("error", function() end)
  peer:resume()
  client:on("readable", function()
    note("readable", client.readableLength)
    client:destroy()
    note("read", client:read())
  end)
  peer:write("unread")
end)
