local prelude = require("prelude")
local actor, fieldsOf, pair = prelude.actor, prelude.fieldsOf, prelude.pair

local fields = {
  "connecting",
  "pending",
  "readyState",
  "destroyed",
  "localAddress",
  "localPort",
  "remoteAddress",
  "remotePort",
  "remoteFamily",
  "bytesRead",
  "bytesWritten",
}
pair({ unix = true }, function(client, peer)
  local note = actor("client")
  peer:resume()
  client:resume()
  note("connected", fieldsOf(client, fields), client:address())
  client:on("close", function() note("close", fieldsOf(client, fields), client:address()) end)
  peer:on("close", function() actor("peer")("close", fieldsOf(peer, fields)) end)
  actor("peer")("connected", fieldsOf(peer, fields))
  client:finish("hello")
end)
