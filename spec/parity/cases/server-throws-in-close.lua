local prelude = require("prelude")
local Error, later, log, net = prelude.Error, prelude.later, prelude.log, prelude.net

local server = net.createServer()
server:listen(0, "127.0.0.1", function() server:close(function() error(Error("in close"), 0) end) end)
later(function() log("later", server.listening) end)
