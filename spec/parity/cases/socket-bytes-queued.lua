local prelude = require("prelude")
local log, pair, rep, size = prelude.log, prelude.pair, prelude.rep, prelude.size

-- bytesWritten counts what is queued, too.
pair({}, function(client, peer)
  peer:pause()
  client:write(rep("x", 8000000))
  client:write("abcé")
  client:write("00ff", "hex")
  log("queued", client.bytesWritten)
  client:cork()
  client:write("more")
  log("corked", client.bytesWritten)
  local total = 0
  peer:on("data", function(data) total = total + size(data) end)
  peer:on("end", function() log("received", total, peer.bytesRead) end)
  peer:resume()
  client:finish()
  client:on("close", function() log("closed", client.bytesWritten) end)
end)
