local prelude = require("prelude")
local net, newError, watch = prelude.net, prelude.newError, prelude.watch

local client = net.connect(1, "127.0.0.1")
local note = watch(client, "client")
client:on("error", function()
  client:destroy(newError("another"))
  note("again", client.destroyed, client.errored.code)
end)
