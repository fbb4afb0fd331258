local prelude = require("prelude")
local actor, net = prelude.actor, prelude.net

local server = net.createServer()
local note = actor("server")
note("new", server:address(), server.listening)
server:listen(0, "127.0.0.1")
note("before the event", server:address(), server.listening)
server:on("listening", function()
  note("listening", server:address(), server.listening)
  server:close()
  note("closing", server:address(), server.listening)
end)
server:on("close", function() note("closed", server:address(), server.listening) end)
