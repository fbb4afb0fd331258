local prelude = require("prelude")
local actor, later, listen, net = prelude.actor, prelude.later, prelude.listen, prelude.net
local watch = prelude.watch

local server = net.createServer(function(socket)
  socket:resume()
  socket:finish("served")
end)
listen(server, function(port)
  local note = actor("client")
  local client
  local function lookup(_, _, callback)
    later(function()
      note("state", client.connecting, client.pending, client.readyState)
      callback(nil, { { address = "127.0.0.1", family = 4 } })
    end)
  end
  client = net.connect({ port = port, host = "some.host", lookup = lookup })
  watch(client, "client")
  client:write("early", function() note("written") end)
  client:on("close", function() server:close() end)
end)
