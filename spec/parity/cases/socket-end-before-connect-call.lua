local prelude = require("prelude")
local later, listen, net, watch = prelude.later, prelude.listen, prelude.net, prelude.watch

-- end() on a socket that is connected only afterwards.
local server
server = net.createServer(function(socket)
  watch(socket, "peer")
  server:close()
end)
listen(server, function(port)
  local client = net.Socket()
  local note = watch(client, "client", { "connect", "end", "close" })
  client:finish()
  client:resume()
  later(function()
    client:connect(port, "127.0.0.1")
    later(function()
      note("destroyed", client.destroyed)
      client:destroy()
    end, 100)
  end)
end)
