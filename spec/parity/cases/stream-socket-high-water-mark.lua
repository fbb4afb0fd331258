local prelude = require("prelude")
local log, pair = prelude.log, prelude.pair

pair({ client = { highWaterMark = 10 }, server = { pauseOnConnect = true } }, function(client, peer)
  log("mark", client.writableHighWaterMark, client.readableHighWaterMark)
  log("write", client:write("small"))
  peer:resume()
  client:resume()
  client:finish()
end)
