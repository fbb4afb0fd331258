local prelude = require("prelude")
local actor, net, nextTick = prelude.actor, prelude.net, prelude.nextTick

-- The callback comes with the close event, in the order of the listeners.
local server = net.createServer()
local note = actor("server")
server:on("close", function(...) note("first listener", ...) end)
server:listen(0, "127.0.0.1", function()
  note("returns itself", server:close(function(...) note("callback", ...) end) == server)
  note("listening", server.listening)
  note("address", server:address())
  server:on("close", function(...) note("last listener", ...) end)
  nextTick(function() note("tick") end)
end)
