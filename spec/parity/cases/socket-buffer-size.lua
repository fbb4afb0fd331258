local prelude = require("prelude")
local log, pair, rep = prelude.log, prelude.pair, prelude.rep

pair({}, function(client, peer)
  log("idle", client.bufferSize, client.writableLength)
  peer:pause()
  client:write(rep("x", 8000000))
  client:write("yyyy")
  log("queued", client.bufferSize > 0, client.bufferSize == client.writableLength)
  client:on("error", function() end)
  client:destroy()
  peer:destroy()
end)
