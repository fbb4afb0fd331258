local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

local server = net.createServer()
local note = watch(server, "server")
local times = 0
server:on("listening", function()
  times = times + 1
  note("family", server:address().family)
  server:close()
end)
server:on("close", function()
  note("listening", server.listening)
  note("address", server:address())
  if times < 3 then server:listen(0, "127.0.0.1") end
end)
server:listen(0, "::1")
