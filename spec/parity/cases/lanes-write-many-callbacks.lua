local prelude = require("prelude")
local log, pair, size = prelude.log, prelude.pair, prelude.size

-- A hundred writes, a hundred callbacks, in their order.
pair({}, function(client, peer)
  local next = 0
  local wrong = 0
  local received = 0
  client:resume()
  peer:on("data", function(data) received = received + size(data) end)
  peer:on("end", function() log("received", received) end)
  for i = 0, 99 do
    client:write(i .. ",", function()
      if next ~= i then wrong = wrong + 1 end
      next = next + 1
    end)
  end
  client:finish(function() log("callbacks", next, wrong) end)
end)
