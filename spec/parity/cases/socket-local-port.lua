local prelude = require("prelude")
local listen, log, net, watch = prelude.listen, prelude.log, prelude.net, prelude.watch

local chosen

-- A port of one's own choosing.
local probe = net.createServer()
local server = net.createServer(function(socket)
  log("same port", socket.remotePort == chosen)
  socket:resume()
  socket:finish()
end)
listen(probe, function(port)
  chosen = port
  probe:close(function()
    listen(server, function(target)
      local client = net.connect({
        port = target,
        host = "127.0.0.1",
        localAddress = "127.0.0.1",
        localPort = chosen,
      })
      local note = watch(client, "client", { "connect", "error", "end" })
      client:resume()
      client:on("connect", function() note("same port", client.localPort == chosen) end)
      client:on("close", function() server:close() end)
    end)
  end)
end)
