local prelude = require("prelude")
local later, net, watch = prelude.later, prelude.net, prelude.watch

-- The idle time runs on a socket that nobody connected, too.
local socket = net.Socket()
local note = watch(socket, "socket", { "timeout", "error" })
socket:on("close", function() note("close") end)
socket:setTimeout(20, function()
  note("callback")
  socket:destroy()
end)
later(function() note("still here") end, 60)
