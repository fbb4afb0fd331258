local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

-- An echo over two sockets piped into each other, with a tail of each.
pair({}, function(client, peer)
  pair({}, function(other, far)
    watch(peer, "left", { "data", "end", "close" })
    watch(far, "right", { "data", "end", "close" })
    client:pipe(other)
    other:pipe(client)
    peer:write("from the left")
    far:write("from the right")
    later(function()
      peer:finish()
      later(function() far:finish() end)
    end)
  end)
end)
