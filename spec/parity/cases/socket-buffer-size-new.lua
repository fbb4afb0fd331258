local prelude = require("prelude")
local log, net = prelude.log, prelude.net

-- Without a handle nothing is buffered.
local socket = net.Socket()
log("bufferSize", socket.bufferSize)
socket:destroy()
log("bufferSize", socket.bufferSize)
