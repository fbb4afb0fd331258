local prelude = require("prelude")
local log, net, setTimeout = prelude.log, prelude.net, prelude.setTimeout

-- An unref'd server does not keep the loop running.
local server = net.createServer()
log("returns itself", server:unref() == server)
server:listen(0, "127.0.0.1", function() log("listening") end)
local timer = setTimeout(function() log("the loop waited for this") end, 30)
log("timer", type(timer) ~= "nil")
