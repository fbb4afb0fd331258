local prelude = require("prelude")
local fieldsOf, log, pair = prelude.fieldsOf, prelude.log, prelude.pair

pair({ unix = true }, function(client, peer)
  local fields = { "localAddress", "localPort", "localFamily", "remoteAddress", "remotePort", "remoteFamily" }
  log("client", fieldsOf(client, fields), client:address())
  log("peer", fieldsOf(peer, fields), peer:address())
  client:destroy()
  peer:destroy()
end)
