local prelude = require("prelude")
local listen, log, net, watch = prelude.listen, prelude.log, prelude.net, prelude.watch

local chosen

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
      local client = net.connect({ port = target, host = "127.0.0.1", localPort = chosen })
      watch(client, "client", { "connect", "error", "end" })
      client:resume()
      client:on("close", function() server:close() end)
    end)
  end)
end)
