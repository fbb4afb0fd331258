local prelude = require("prelude")
local log, net, watch = prelude.log, prelude.net, prelude.watch

local client = net.connect(1, "127.0.0.1", function() log("never") end)
local note = watch(client, "client")
note("state", client.connecting, client.pending, client.readyState)
client:on("error", function()
  note("in error", client.connecting, client.pending, client.destroyed, client.readyState)
end)
client:on("close", function()
  note("in close", client.connecting, client.pending, client.destroyed, client.readyState)
end)
