local prelude = require("prelude")
local actor, pair, rep, size = prelude.actor, prelude.pair, prelude.rep, prelude.size

-- The peer's FIN is answered, and the descriptor given back, once all that is queued has been written.
for _, unix in ipairs({ false, true }) do
  pair({ unix = unix, server = { allowHalfOpen = true, pauseOnConnect = true } }, function(client, peer)
    local note = actor(unix and "unix" or "tcp")
    local received = 0
    client:resume()
    client:write(rep("x", 8000000))
    client:on("end", function()
      note("end", client.writableLength > 0, client.destroyed)
      peer:resume()
    end)
    client:on("close", function(hadError) note("close", hadError, client.bytesWritten) end)
    peer:on("data", function(data) received = received + size(data) end)
    peer:pause()
    peer:on("end", function() actor(unix and "unix peer" or "tcp peer")("end", received) end)
    peer:finish()
  end)
end
