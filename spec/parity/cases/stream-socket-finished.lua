local prelude = require("prelude")
local finished, log, pair = prelude.finished, prelude.log, prelude.pair

pair({}, function(client, peer)
  finished(client, function(err) log("client", err) end)
  finished(peer, function(err) log("peer", err) end)
  peer:resume()
  client:resume()
  client:finish("bye")
end)
