local prelude = require("prelude")
local listen, net, watch = prelude.listen, prelude.net, prelude.watch

local server = net.createServer(function(socket) socket:resume() end)
listen(server, function(port)
  local client = net.connect({ port = port, host = "127.0.0.1", localAddress = "127.0.0.1", localPort = port })
  local note = watch(client, "client", { "connect", "end", "close" })
  client:on("error", function(err) note("error", err.code, err.syscall) end)
  client:on("close", function() server:close() end)
end)
