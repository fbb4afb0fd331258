local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

local server = net.createServer()
local note = watch(server, "server")
server:once("close", function() server:close(function(...) note("again", ...) end) end)
server:listen(0, "127.0.0.1", function() server:close() end)
