local prelude = require("prelude")
local listen, net, nextTick, watch = prelude.listen, prelude.net, prelude.nextTick, prelude.watch

-- Asked for a list, a custom lookup may answer with one address.
local server = net.createServer(function(socket)
  socket:resume()
  socket:finish("served")
end)
listen(server, function(port)
  local function lookup(_, _, callback) nextTick(function() callback(nil, "127.0.0.1", 4) end) end
  local client = net.connect({ port = port, host = "some.host", lookup = lookup })
  watch(client, "client")
  client:on("close", function() server:close() end)
end)
