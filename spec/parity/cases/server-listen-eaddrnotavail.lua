local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

-- 203.0.113.1 is nobody's.
local server = net.createServer()
local note = watch(server, "server")
server:listen(0, "203.0.113.1")
note("listening", server.listening)
server:on("error", function() note("in error", server.listening, server:address()) end)
