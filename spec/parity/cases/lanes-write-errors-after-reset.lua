local prelude = require("prelude")
local actor, later, pair, rep = prelude.actor, prelude.later, prelude.pair, prelude.rep

-- Each write gets its callback, also when the connection has broken.
pair({ client = { allowHalfOpen = true }, server = { pauseOnConnect = true } }, function(client, peer)
  local note = actor("client")
  local answers = 0
  client:on("error", function(err) note("error", err.code == "EPIPE" or err.code == "ECONNRESET") end)
  client:on("close", function(hadError) note("close", hadError, answers) end)
  client:resume()
  local function answer() answers = answers + 1 end
  client:write(rep("x", 9000000), answer)
  client:write("y", answer)
  client:write("z", answer)
  later(function() peer:resetAndDestroy() end)
end)
