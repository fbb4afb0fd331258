local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

local function lookup(_, _, callback)
  callback(nil, { { address = "::1", family = 6 }, { address = "127.0.0.1", family = 4 } })
end
local client = net.connect({ port = 1, host = "some.host", lookup = lookup })
watch(client, "client")
