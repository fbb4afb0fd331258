local prelude = require("prelude")
local Error, later, listen, log = prelude.Error, prelude.later, prelude.listen, prelude.log
local net = prelude.net

local server
server = net.createServer(function(socket)
  socket:resume()
  server:close()
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1", function() error(Error("in connect"), 0) end)
  client:on("error", function(err) log("error", err) end)
  later(function()
    log("state", client.destroyed, client.connecting, client.readyState)
    client:destroy()
  end, 60)
  client:on("close", function(hadError) log("close", hadError) end)
end)
