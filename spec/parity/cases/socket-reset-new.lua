local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

local socket = net.Socket()
local note = watch(socket, "socket", { "error", "end", "finish" })
socket:on("close", function() note("close") end)
note("returns itself", socket:resetAndDestroy() == socket)
note("destroyed", socket.destroyed)
