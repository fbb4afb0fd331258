local prelude = require("prelude")
local log, pair, rep = prelude.log, prelude.pair, prelude.rep

local SIZE = 100000

-- Of what the system takes in part, the whole counts as queued until it is gone.
pair({ unix = true }, function(client, peer)
  peer:pause()
  local data = rep("x", SIZE)
  local writes = 0
  repeat
    writes = writes + 1
    client:write(data)
  until client.writableLength > 0
  log("queued", client.writableLength, client.bytesWritten == writes * SIZE, client.writableNeedDrain)
  client:on("drain", function()
    log("drain", client.writableLength, client.bytesWritten == writes * SIZE)
    client:destroy()
  end)
  peer:resume()
end)
