local prelude = require("prelude")
local bytes, later, pair, watch = prelude.bytes, prelude.later, prelude.pair, prelude.watch

-- Characters that are cut at a chunk's edge, over the wire.
pair({ unix = true }, function(client, peer)
  watch(client, "client", { "data", "end", "close" })
  peer:resume()
  client:setEncoding("utf8")
  peer:write(bytes(97, 226))
  later(function()
    peer:write(bytes(130))
    later(function()
      peer:write(bytes(172, 240, 159, 152))
      later(function() peer:finish(bytes(128, 195)) end, 10)
    end, 10)
  end, 10)
end)
