local prelude = require("prelude")
local log, net, tempPath, watch = prelude.log, prelude.net, prelude.tempPath, prelude.watch

local server = net.createServer()
watch(server, "server", { "listening", "close" })
server:on("error", function(err) log("error", err.code, err.message, err.syscall, err.errno, err.address) end)
server:listen(tempPath("no/such/directory"))
