local prelude = require("prelude")
local log, net, tempPath, watch = prelude.log, prelude.net, prelude.tempPath, prelude.watch

local path = tempPath()
local blocker = net.createServer()
local server = net.createServer()
watch(server, "server", { "listening", "close" })
server:on("error", function(err)
  log("error", err.code, err.message, err.syscall, err.errno, err.address)
  blocker:close()
end)
blocker:listen(path, function() server:listen(path) end)
