local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

for _, unix in ipairs({ false, true }) do
  pair({ unix = unix }, function(client, peer)
    local name = unix and "unix" or "tcp"
    local note = watch(client, name)
    peer:resume()
    peer:on("error", function() end)
    client:finish()
    note("write", client:write("x", function(err) note("callback", err) end))
    note("state", client.destroyed)
  end)
end
