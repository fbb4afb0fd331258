local prelude = require("prelude")
local later, listen, net, watch = prelude.later, prelude.listen, prelude.net, prelude.watch

local note

local server
server = net.createServer({ pauseOnConnect = true }, function(socket)
  note("paused", socket:isPaused())
  server:close()
  later(function()
    note("destroy")
    socket:destroy()
  end)
end)
note = watch(server, "server", { "close" })
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  watch(client, "client")
end)
