local prelude = require("prelude")
local log, net = prelude.log, prelude.net

-- setTimeout(0, callback) takes the callback away.
local socket = net.Socket()
local function callback() end
socket:setTimeout(1000, callback)
log("listeners", socket:listenerCount("timeout"))
socket:setTimeout(0, callback)
log("listeners", socket:listenerCount("timeout"), socket.timeout)
socket:destroy()
