local prelude = require("prelude")
local actor, listen, net, nextTick = prelude.actor, prelude.listen, prelude.net, prelude.nextTick
local watch = prelude.watch

local server
server = net.createServer(function(socket)
  socket:on("error", function() end)
  socket:resume()
  server:close()
end)
listen(server, function(port)
  local note = actor("client")
  local client
  client = net.connect(port, "127.0.0.1", function()
    client:destroy()
    note("destroyed", client.destroyed, client.readyState)
    nextTick(function() note("tick") end)
  end)
  watch(client, "client")
end)
