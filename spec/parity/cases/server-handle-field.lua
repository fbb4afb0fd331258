local prelude = require("prelude")
local listen, log, net = prelude.listen, prelude.log, prelude.net

local server = net.createServer()
log("new", server._handle)
listen(server, function()
  log("listening", type(server._handle.fd))
  server:close()
  log("closing", server._handle)
end)
