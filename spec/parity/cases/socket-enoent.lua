local prelude = require("prelude")
local log, net, tempPath, watch = prelude.log, prelude.net, prelude.tempPath, prelude.watch

local client = net.connect(tempPath("nobody"), function() log("never") end)
local note = watch(client, "client", { "connect", "end", "close" })
client:on("error", function(err) note("error", err.message, err.code, err.errno, err.syscall, err.address) end)
note("state", client.connecting, client.pending, client.readyState, client.destroyed)
