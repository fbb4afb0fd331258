local prelude = require("prelude")
local log, net = prelude.log, prelude.net

local server = net.createServer()
server:unref()
server:on("close", function() log("never") end)
server:listen(0, "127.0.0.1")
log("over")
