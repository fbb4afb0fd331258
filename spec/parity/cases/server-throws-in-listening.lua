local prelude = require("prelude")
local Error, later, log, net = prelude.Error, prelude.later, prelude.log, prelude.net

local server = net.createServer()
server:on("listening", function() error(Error("in listening"), 0) end)
server:listen(0, "127.0.0.1")
later(function()
  log("listening", server.listening)
  server:close(function() log("closed") end)
end)
