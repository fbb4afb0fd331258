local prelude = require("prelude")
local later, log, pair = prelude.later, prelude.log, prelude.pair

-- bytesWritten counts what was handed over, also when the system then refused it.
pair({ unix = true, client = { allowHalfOpen = true } }, function(client, peer)
  client:resume()
  client:on("error", function(err) log("error", err.code) end)
  client:on("close", function() log("close", client.bytesWritten) end)
  client:write("taken")
  peer:on("data", function() peer:destroy() end)
  client:on("end", function()
    later(function()
      client:write("refused")
      log("at once", client.bytesWritten)
    end)
  end)
end)
