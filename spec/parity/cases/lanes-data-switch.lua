local prelude = require("prelude")
local later, pair, watch = prelude.later, prelude.pair, prelude.watch

-- data, then readable, then data again.
pair({}, function(client, peer)
  local note = watch(client, "client", { "end", "close" })
  peer:resume()
  local function flowing(data) note("data", data) end
  local function readable()
    local chunk = client:read()
    if chunk then note("read", chunk) end
  end
  client:on("data", flowing)
  peer:write("one")
  later(function()
    client:off("data", flowing)
    client:on("readable", readable)
    peer:write("two")
    later(function()
      client:off("readable", readable)
      client:on("data", flowing)
      client:resume()
      peer:finish("three")
    end)
  end)
end)
