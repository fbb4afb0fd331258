local prelude = require("prelude")
local actor, pair, setTimeout = prelude.actor, prelude.pair, prelude.setTimeout

pair({}, function(client, peer)
  local note = actor("client")
  local reads = 0
  peer:resume()
  client:on("data", function() reads = reads + 1 end)
  client:setTimeout(2000, function()
    note("timeout after reads", reads)
    client:destroy()
  end)
  local writes = 0
  local function write()
    writes = writes + 1
    peer:write("x")
    if writes < 4 then setTimeout(write, 50) end
  end
  write()
end)
