local prelude = require("prelude")
local PassThrough, later, log, pair = prelude.PassThrough, prelude.later, prelude.log, prelude.pair
local watch = prelude.watch

-- The target of a pipe is ended by somebody else.
pair({}, function(client, peer)
  local sink = PassThrough()
  watch(sink, "sink", { "data", "end", "error", "close" })
  watch(client, "source", { "end", "error", "close" })
  peer:on("error", function() end)
  peer:resume()
  client:pipe(sink)
  peer:write("one")
  later(function()
    sink:finish()
    peer:write("two")
    later(function()
      log("source", client.destroyed)
      client:destroy()
    end)
  end)
end)
