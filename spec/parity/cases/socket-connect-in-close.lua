local prelude = require("prelude")
local listen, net, newError, watch = prelude.listen, prelude.net, prelude.newError, prelude.watch

-- connect() out of a close listener, after an error and after destroy.
local server = net.createServer(function(socket)
  socket:resume()
  socket:finish()
end)
listen(server, function(port)
  local client = net.Socket()
  local note = watch(client, "client", { "connect", "error", "end", "close" })
  client:resume()
  client:connect(port, "127.0.0.1", function() client:destroy(newError("once")) end)
  client:once("close", function()
    client:connect(port, "127.0.0.1", function() note("callback") end)
    client:once("close", function() server:close() end)
  end)
end)
