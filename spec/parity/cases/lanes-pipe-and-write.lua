local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

-- Writes of one's own between what a pipe carries.
pair({}, function(client, peer)
  pair({}, function(target, sink)
    local note = watch(sink, "sink", { "data", "end" })
    target:resume()
    peer:resume()
    target:write("before ")
    client:pipe(target)
    peer:write("piped ")
    later(function()
      target:write("between ", function() note("written") end)
      later(function() peer:finish("and more") end)
    end)
  end)
end)
