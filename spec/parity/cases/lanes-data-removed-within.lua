local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

-- A listener takes itself away, another takes its place.
pair({}, function(client, peer)
  local note = watch(client, "client", { "end", "close" })
  peer:resume()
  local function second(data) note("second", data) end
  client:once("data", function(data)
    note("first", data)
    client:on("data", second)
  end)
  peer:write("one")
  later(function() peer:finish("two") end)
end)
