local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

-- The peer goes with data unread, right behind its last words: that is no end in order.
for _, unix in ipairs({ false, true }) do
  pair({ unix = unix, server = { pauseOnConnect = true } }, function(client, peer)
    watch(client, unix and "unix" or "tcp", { "data", "end", "error", "close" })
    client:write("nobody reads this")
    later(function()
      peer:write("bye")
      peer:destroy()
    end)
  end)
end
