local prelude = require("prelude")
local actor, pair, rep, size = prelude.actor, prelude.pair, prelude.rep, prelude.size

-- A megabyte there and back.
for _, unix in ipairs({ false, true }) do
  pair({ unix = unix }, function(client, peer)
    local note = actor(unix and "unix" or "tcp")
    local total = 1048576
    local received = 0
    peer:pipe(peer)
    client:on("data", function(data)
      received = received + size(data)
      if received == total then client:finish() end
    end)
    client:on("close", function(hadError)
      note("close", hadError, received, client.bytesRead, client.bytesWritten)
    end)
    client:write(rep("0123456789abcdef", 65536), function(err) note("written", err) end)
  end)
end
