local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

for _, unix in ipairs({ false, true }) do
  pair({ unix = unix }, function(client, peer)
    local name = unix and "unix" or "tcp"
    local note = watch(client, name)
    peer:on("error", function() end)
    peer:resume()
    client:on("data", function()
      client:destroy()
      note("destroyed", client.destroyed)
    end)
    peer:write("x")
  end)
end
