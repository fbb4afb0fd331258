local prelude = require("prelude")
local listen, net, watch = prelude.listen, prelude.net, prelude.watch

-- A port may be given as digits.
local server = net.createServer(function(socket)
  socket:resume()
  socket:finish()
end)
listen(server, function(port)
  local left = 3
  local function variant(name, socket)
    local note = watch(socket, name)
    socket:on("connect", function() note("same port", socket.remotePort == port) end)
    socket:on("close", function()
      left = left - 1
      if left == 0 then server:close() end
    end)
  end
  variant("argument", net.connect(tostring(port), "127.0.0.1"))
  variant("option", net.connect({ port = tostring(port), host = "127.0.0.1" }))
  variant("method", net.Socket():connect(tostring(port), "127.0.0.1"))
end)
