local prelude = require("prelude")
local exists, log, net, tempPath = prelude.exists, prelude.log, prelude.net, prelude.tempPath

local path = tempPath()
local server = net.createServer()
log("before", exists(path))
server:listen(path)
log("at once", exists(path))
server:on("listening", function()
  log("listening", exists(path))
  server:close()
  log("closing", exists(path))
end)
server:on("close", function() log("closed", exists(path)) end)
