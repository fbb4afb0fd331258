local prelude = require("prelude")
local actor, later, nextTick, pair = prelude.actor, prelude.later, prelude.nextTick, prelude.pair
local size = prelude.size

-- Without a data listener the flow goes on, and data is lost.
pair({}, function(client, peer)
  local note = actor("client")
  local function listener(data) note("data", size(data)) end
  client:on("data", listener)
  note("flowing", client.readableFlowing)
  client:removeListener("data", listener)
  note("flowing", client.readableFlowing)
  nextTick(function() note("in a tick", client.readableFlowing) end)
  peer:resume()
  peer:finish("lost")
  later(function()
    note("later", client.bytesRead, client.readableFlowing, client.destroyed)
    client:resume()
    client:on("close", function() note("close") end)
  end, 60)
end)
