local prelude = require("prelude")
local listen, log, net = prelude.listen, prelude.log, prelude.net

-- Deprecated, gone from Node 20.
local server
server = net.createServer(function(socket)
  log("connected", server.connections)
  socket:finish()
  socket:resume()
  socket:on("close", function()
    log("after", server.connections)
    server:close()
  end)
end)
log("before", server.connections)
listen(server, function(port) net.connect(port, "127.0.0.1"):resume() end)
