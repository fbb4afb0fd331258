local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client", { "end", "close" })
  peer:resume()
  local seen = 0
  client:on("data", function(data)
    seen = seen + 1
    note("data", data)
    if seen == 1 then client:unshift("(again)") end
  end)
  peer:write("one")
  later(function() peer:finish("two") end)
end)
