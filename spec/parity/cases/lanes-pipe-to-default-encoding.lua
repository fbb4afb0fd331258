local prelude = require("prelude")
local bytes, pair, watch = prelude.bytes, prelude.pair, prelude.watch

-- Bytes in a pipe are bytes, whatever the target's default encoding.
pair({}, function(client, peer)
  pair({}, function(target, sink)
    watch(sink, "sink", { "data", "end" })
    target:resume()
    peer:resume()
    client:pipe(target)
    peer:finish(bytes(195, 169, 255))
  end)
end)
