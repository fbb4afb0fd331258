local prelude = require("prelude")
local net, newError, nextTick, watch = prelude.net, prelude.newError, prelude.nextTick, prelude.watch

local socket = net.Socket()
local note = watch(socket, "socket", { "error", "end", "finish" })
socket:on("close", function() note("close") end)
socket:destroy(newError("broken"))
note("destroyed", socket.destroyed)
nextTick(function() note("tick") end)
