local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

-- On a socket that nobody connected.
local socket = net.Socket()
local note = watch(socket, "socket", { "error", "end", "finish" })
socket:on("close", function() note("close") end)
note("write", socket:write("x", function(err) note("callback", err) end))
note("state", socket.destroyed, socket.pending, socket.readyState)
