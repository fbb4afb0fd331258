local prelude = require("prelude")
local listen, log, net, pair = prelude.listen, prelude.log, prelude.net, prelude.pair

-- However often it is said: the last word counts.
local server = net.createServer()
listen(server, function() log("server", server:ref():ref():unref() == server, server:unref() == server) end)
pair({}, function(client, peer)
  client:resume()
  peer:resume()
  log("client", client:ref():ref():unref() == client)
  log("peer", peer:unref():unref():ref():unref() == peer)
end)
