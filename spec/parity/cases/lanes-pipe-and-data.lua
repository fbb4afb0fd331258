local prelude = require("prelude")
local actor, later, pair, watch = prelude.actor, prelude.later, prelude.pair, prelude.watch

-- Somebody listens to what a pipe carries.
pair({}, function(client, peer)
  local note = actor("tap")
  local all = ""
  client:on("data", function(data) all = all .. data end)
  pair({}, function(target, sink)
    watch(sink, "sink", { "data", "end" })
    target:resume()
    client:pipe(target)
    client:on("end", function() note("heard", all) end)
    peer:resume()
    peer:write("one ")
    later(function() peer:finish("two") end)
  end)
end)
