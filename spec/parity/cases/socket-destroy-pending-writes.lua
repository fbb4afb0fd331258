local prelude = require("prelude")
local pair, rep, watch = prelude.pair, prelude.rep, prelude.watch

-- Destroyed with data that the peer does not take: its callbacks get an error.
for _, unix in ipairs({ false, true }) do
  pair({ unix = unix }, function(client, peer)
    local name = unix and "unix" or "tcp"
    local note = watch(client, name)
    peer:pause()
    peer:on("error", function() end)
    client:write(rep("x", 8000000), function(err) note("first", err) end)
    client:write("y", function(err) note("second", err) end)
    note("queued", client.writableNeedDrain, client.writableLength > 0)
    client:finish(function(err) note("end", err) end)
    client:destroy()
    client:on("close", function() peer:destroy() end)
  end)
end
