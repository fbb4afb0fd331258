local prelude = require("prelude")
local listen, net, newError, watch = prelude.listen, prelude.net, prelude.newError, prelude.watch

local server
server = net.createServer(function(socket)
  socket:on("error", function() end)
  socket:resume()
  server:close()
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  local note = watch(client, "client")
  client:on("ready", function()
    client:destroy(newError("in ready"))
    note("destroyed", client.destroyed)
  end)
end)
