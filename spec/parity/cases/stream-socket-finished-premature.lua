local prelude = require("prelude")
local finished, log, pair = prelude.finished, prelude.log, prelude.pair

pair({}, function(client, peer)
  finished(client, function(err) log("client", err) end)
  client:resume()
  peer:resume()
  client:destroy()
end)
