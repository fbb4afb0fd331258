local prelude = require("prelude")
local later, net, watch = prelude.later, prelude.net, prelude.watch

local socket = net.Socket()
local note = watch(socket, "socket")
note("end", socket:finish() == socket)
note("state", socket.destroyed, socket.writableEnded)
later(function() note("later", socket.destroyed, socket.writableFinished, socket.readyState) end)
