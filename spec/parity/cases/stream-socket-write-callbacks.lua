local prelude = require("prelude")
local nextTick, pair, watch = prelude.nextTick, prelude.pair, prelude.watch

-- In the order of the writes, each once, before finish.
pair({}, function(client, peer)
  local note = watch(client, "client", { "finish", "end", "close" })
  watch(peer, "peer", { "data", "end" })
  client:resume()
  note("one", client:write("1", function() note("callback one") end))
  note("two", client:write("2", "utf8", function() note("callback two") end))
  nextTick(function() note("tick") end)
  client:finish("3", function() note("callback end") end)
end)
