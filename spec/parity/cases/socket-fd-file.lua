local prelude = require("prelude")
local bad, net = prelude.bad, prelude.net

-- A descriptor that is no socket.
bad("a file", function() return net.Socket({ fd = 1000000 }) end)
