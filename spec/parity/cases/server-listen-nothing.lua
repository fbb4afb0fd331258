local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

local server = net.createServer()
local note = watch(server, "server")
server:listen()
server:on("listening", function()
  note("address", server:address())
  server:close()
end)
