local prelude = require("prelude")
local log, pair, setTimeout = prelude.log, prelude.pair, prelude.setTimeout

-- Sockets of one time, all of whose traffic is in one ms: who was quiet first comes first, and a timer in its place.
pair({}, function(one, one_peer)
  pair({}, function(two, two_peer)
    pair({}, function(three, three_peer)
      for _, peer in ipairs({ one_peer, two_peer, three_peer }) do
        peer:resume()
      end
      for name, socket in ipairs({ one, two, three }) do
        socket:setTimeout(200, function() log("timeout", name) end)
      end
      setTimeout(function() log("timer") end, 200)
      two:write("x")
      one:write("x")
      setTimeout(function()
        for _, socket in ipairs({ one, two, three }) do
          socket:destroy()
        end
      end, 500)
    end)
  end)
end)
