local prelude = require("prelude")
local actor, later, pair, rep = prelude.actor, prelude.later, prelude.pair, prelude.rep
local size = prelude.size

-- The peer does not read: write says false; drain comes once the peer has read.
for _, unix in ipairs({ false, true }) do
  pair({ unix = unix, server = { pauseOnConnect = true } }, function(client, peer)
    local note = actor(unix and "unix" or "tcp")
    client:resume()
    local total = 16000000
    note("write", client:write(rep("x", total), function() note("written") end))
    note("need drain", client.writableNeedDrain)
    client:on("drain", function()
      note("drain", client.writableLength)
      client:finish()
    end)
    local received = 0
    peer:on("data", function(data) received = received + size(data) end)
    peer:on("end", function() note("received", received) end)
    later(function()
      note("resume")
      peer:resume()
    end)
  end)
end
