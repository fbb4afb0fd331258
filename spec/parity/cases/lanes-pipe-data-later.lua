local prelude = require("prelude")
local actor, later, pair, watch = prelude.actor, prelude.later, prelude.pair, prelude.watch

-- A listener comes while the pipe is running, and goes again.
pair({}, function(client, peer)
  pair({}, function(target, sink)
    local note = actor("tap")
    watch(sink, "sink", { "data", "end" })
    target:resume()
    peer:resume()
    client:pipe(target)
    local function tap(data) note("data", data) end
    peer:write("one ")
    later(function()
      client:on("data", tap)
      peer:write("two ")
      later(function()
        client:off("data", tap)
        peer:write("three ")
        later(function() peer:finish("four") end)
      end)
    end)
  end)
end)
