local prelude = require("prelude")
local log, net = prelude.log, prelude.net

local server = net.createServer(function() end)
server:on("close", function() end)
server:once("error", function() end)
log("names", server:eventNames())
log("count", server:listenerCount("connection"))
