local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

local socket = net.Socket()
local note = watch(socket, "socket", { "error", "end", "finish" })
socket:on("close", function() note("close") end)
note("returns itself", socket:destroy() == socket)
note("state", socket.destroyed, socket.readyState)
note("again", socket:destroy() == socket)
