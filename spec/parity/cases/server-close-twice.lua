local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

local server = net.createServer()
local note = watch(server, "server")
server:listen(0, "127.0.0.1", function()
  server:close(function(...) note("first", ...) end)
  server:close(function(...) note("second", ...) end)
  server:close()
end)
