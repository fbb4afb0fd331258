local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

-- Several pieces in one write: a list here, several corked writes there.
pair({}, function(client, peer)
  local note = watch(client, "client", { "finish", "close" })
  watch(peer, "peer", { "data", "end" })
  client:resume()
  client:cork()
  client:write("one ")
  client:write("two ")
  client:write("three", function() note("callback") end)
  client:uncork()
  note("bytes", client.bytesWritten)
  client:finish()
end)
