local prelude = require("prelude")
local attempt, log, net, watch = prelude.attempt, prelude.log, prelude.net, prelude.watch

-- A descriptor that is no socket.
local server = net.createServer()
watch(server, "server")
log("throws", attempt(function() return server:listen({ fd = 0 }) == server end))
