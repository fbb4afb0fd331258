local prelude = require("prelude")
local pair, watch = prelude.pair, prelude.watch

pair({}, function(client, peer)
  local note = watch(client, "client")
  peer:resume()
  local times = 0
  client:setTimeout(15, function(...) note("callback", ...) end)
  client:on("timeout", function()
    times = times + 1
    if times == 1 then client:write("x") end
    if times == 2 then client:destroy() end
  end)
end)
