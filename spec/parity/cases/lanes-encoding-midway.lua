local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

-- setEncoding while data is flowing.
pair({}, function(client, peer)
  local note = watch(client, "client", { "end" })
  peer:resume()
  client:on("data", function(data) note("data", data) end)
  peer:write("raw")
  later(function()
    client:setEncoding("hex")
    peer:write("hex")
    later(function() peer:finish("end") end)
  end)
end)
