local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

local client = net.connect(80, "no.such.host.invalid")
local note = watch(client, "client", { "connect", "end", "close" })
client:on("lookup", function(err, address, family, host) note("lookup", err.code, address, family, host) end)
client:on("error", function(err) note("error", err.message, err.code, err.syscall, err.hostname) end)
note("state", client.connecting, client.pending)
