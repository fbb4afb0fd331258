local prelude = require("prelude")
local bytes, later, pair, watch = prelude.bytes, prelude.later, prelude.pair, prelude.watch

-- setEncoding() means utf8.
pair({ unix = true }, function(client, peer)
  local note = watch(client, "client", { "data", "end" })
  peer:resume()
  note("returns itself", client:setEncoding() == client)
  peer:write(bytes(226, 130))
  later(function() peer:finish(bytes(172, 255)) end, 10)
end)
