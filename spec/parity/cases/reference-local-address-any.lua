local prelude = require("prelude")
local log, net = prelude.log, prelude.net

-- On a server that listens on every address, localAddress is the one that the client has connected to.
local server
server = net.createServer(function(socket)
  log("localAddress", socket.localAddress, socket.localPort == server:address().port)
  socket:destroy()
end)
server:listen(0, "0.0.0.0", function()
  log("address", server:address().address)
  local client = net.connect(server:address().port, "127.0.0.3")
  client:on("error", function() end)
  client:on("close", function() server:close() end)
  client:resume()
end)
