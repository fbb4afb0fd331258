local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client", { "end", "close" })
  peer:resume()
  client:on("data", function(data) note("first", data) end)
  client:once("data", function(data) note("once", data) end)
  client:prependListener("data", function(data) note("before", data) end)
  peer:write("one")
  later(function() peer:finish("two") end)
end)
