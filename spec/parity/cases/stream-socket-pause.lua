local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

for _, unix in ipairs({ false, true }) do
  pair({ unix = unix }, function(client, peer)
    local note = watch(client, unix and "unix" or "tcp")
    peer:resume()
    client:pause()
    note("paused", client:isPaused(), client.readableFlowing)
    peer:finish("waits")
    later(function()
      note("resume")
      client:resume()
    end)
  end)
end
