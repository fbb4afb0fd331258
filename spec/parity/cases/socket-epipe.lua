local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

-- Writes to a peer that has gone.
pair({ client = { allowHalfOpen = true } }, function(client, peer)
  local note = watch(client, "client", { "end", "finish", "close" })
  client:resume()
  client:on("error", function(err) note("error", err.code == "EPIPE" or err.code == "ECONNRESET", err.syscall) end)
  client:on("end", function()
    later(function()
      client:write("first", function(err) note("first", err) end)
      later(function() client:write("second", function(err) note("second", err.code) end) end)
    end)
  end)
  peer:destroy()
end)
