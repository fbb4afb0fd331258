local prelude = require("prelude")
local net, nextTick, watch = prelude.net, prelude.nextTick, prelude.watch

local function lookup(_, _, callback)
  nextTick(function() callback(nil, { { address = "127.0.0.1", family = 4 } }) end)
end
local client = net.connect({ port = 1, host = "some.host", lookup = lookup })
local note = watch(client, "client")
client:on("lookup", function()
  client:destroy()
  note("destroyed", client.connecting, client.destroyed)
end)
