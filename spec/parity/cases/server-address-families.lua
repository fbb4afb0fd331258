local prelude = require("prelude")
local actor, net = prelude.actor, prelude.net

local function variant(name, host)
  local server = net.createServer()
  local note = actor(name)
  server:listen(0, host, function()
    local address = server:address()
    note("address", address)
    note("port is a number", type(address.port), address.port > 0)
    server:close()
  end)
end
variant("loopback 4", "127.0.0.1")
variant("any 4", "0.0.0.0")
variant("loopback 6", "::1")
variant("any 6", "::")
variant("mapped", "::ffff:127.0.0.1")
variant("none", nil)
