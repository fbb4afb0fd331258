local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

for _, unix in ipairs({ false, true }) do
  pair({ unix = unix }, function(client, peer)
    local name = unix and "unix" or "tcp"
    local note = watch(client, name)
    watch(peer, name .. " peer", { "data", "end", "close" })
    client:write("x", function(err)
      note("written", err)
      client:destroy()
    end)
  end)
end
