local prelude = require("prelude")
local actor, pair, setTimeout = prelude.actor, prelude.pair, prelude.setTimeout

pair({}, function(client, peer)
  local note = actor("client")
  local writes = 0
  client:resume()
  peer:resume()
  client:setTimeout(600, function()
    note("timeout after writes", writes)
    client:destroy()
  end)
  local function write()
    writes = writes + 1
    client:write("x")
    if writes < 4 then setTimeout(write, 50) end
  end
  write()
end)
