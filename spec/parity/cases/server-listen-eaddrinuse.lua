local prelude = require("prelude")
local listen, net, watch = prelude.listen, prelude.net, prelude.watch

local blocker = net.createServer()
local server = net.createServer()
local note = watch(server, "server")
listen(blocker, function(port)
  server:listen(port, "127.0.0.1", function() note("never") end)
  server:on("error", function()
    note("address", server:address())
    blocker:close()
  end)
end)
