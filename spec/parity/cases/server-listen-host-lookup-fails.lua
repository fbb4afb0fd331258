local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

local server = net.createServer()
local note = watch(server, "server", { "listening", "close" })
server:on("error", function(err) note("error", err.code, err.syscall, err.hostname) end)
server:listen(0, "no.such.host.invalid")
note("listening", server.listening)
