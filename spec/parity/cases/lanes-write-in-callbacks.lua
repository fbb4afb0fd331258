local prelude = require("prelude")
local actor, nextTick, pair = prelude.actor, prelude.nextTick, prelude.pair
local setImmediate, watch = prelude.setImmediate, prelude.watch

-- Writes out of write callbacks, drain and data.
pair({}, function(client, peer)
  watch(peer, "peer", { "data", "end" })
  local note = actor("client")
  client:resume()
  client:write("1", function()
    note("callback 1")
    client:write("3", function()
      note("callback 3")
      client:finish("4")
    end)
  end)
  client:write("2", function() note("callback 2") end)
  nextTick(function() note("tick") end)
  setImmediate(function() note("immediate") end)
end)
