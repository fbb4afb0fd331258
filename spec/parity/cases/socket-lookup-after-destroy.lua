local prelude = require("prelude")
local actor, later, net, watch = prelude.actor, prelude.later, prelude.net, prelude.watch

-- An answer that comes too late is dropped.
local note = actor("client")
local function lookup(_, _, callback)
  note("lookup called")
  later(function()
    note("answer")
    callback(nil, "127.0.0.1", 4)
  end)
end
local client = net.connect({ port = 1, host = "some.host", lookup = lookup })
watch(client, "client")
client:destroy()
note("state", client.connecting, client.pending, client.destroyed)
