local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

-- readable and read(n) on a socket.
pair({}, function(client, peer)
  local note = watch(client, "client", { "end", "close" })
  peer:resume()
  client:on("readable", function()
    local chunk = client:read(4)
    while chunk do
      note("read", chunk)
      chunk = client:read(4)
    end
  end)
  peer:write("abcdefgh")
  later(function() peer:finish("ij") end)
end)
