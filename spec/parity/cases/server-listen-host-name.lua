local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

local server = net.createServer()
local note = watch(server, "server")
server:listen(0, "localhost", function()
  note("family", type(server:address().family))
  server:close()
end)
note("listening", server.listening)
note("address", server:address())
