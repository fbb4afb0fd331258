local prelude = require("prelude")
local listen, log, net, watch = prelude.listen, prelude.log, prelude.net, prelude.watch

local server
server = net.createServer(function(socket)
  log("connections")
  server:close(function(err) log("closed", err) end)
  socket:finish("only you")
  socket:resume()
end)
listen(server, function(port) watch(net.connect(port, "127.0.0.1"), "client") end)
