local prelude = require("prelude")
local net, nextTick, setImmediate = prelude.net, prelude.nextTick, prelude.setImmediate
local watch = prelude.watch

local server = net.createServer()
local note = watch(server, "server")
server:close(function(...) note("callback", ...) end)
note("after")
nextTick(function() note("tick") end)
setImmediate(function() note("immediate") end)
