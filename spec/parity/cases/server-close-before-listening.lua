local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

-- Closed in the same breath: no listening event comes.
local server = net.createServer()
local note = watch(server, "server")
server:listen(0, "127.0.0.1", function() note("listening callback") end)
server:close(function(...) note("close callback", ...) end)
note("listening", server.listening)
