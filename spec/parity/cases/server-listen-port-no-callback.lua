local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

local server = net.createServer()
local note = watch(server, "server", { "listening", "close" })
server:listen(0, "127.0.0.1")
note("listening", server.listening)
server:on("listening", function()
  note("address", server:address())
  server:close()
end)
