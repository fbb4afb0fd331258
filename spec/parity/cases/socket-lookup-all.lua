local prelude = require("prelude")
local listen, log, net, watch = prelude.listen, prelude.log, prelude.net, prelude.watch

-- A custom lookup answers with a list: the addresses are tried in turn.
local server = net.createServer(function(socket)
  socket:resume()
  socket:finish("served")
end)
listen(server, function(port)
  local function lookup(_, options, callback)
    log("all", options.all)
    callback(nil, { { address = "::1", family = 6 }, { address = "127.0.0.1", family = 4 } })
  end
  local client = net.connect({ port = port, host = "some.host", lookup = lookup })
  watch(client, "client")
  client:on("close", function() server:close() end)
end)
