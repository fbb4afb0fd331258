local prelude = require("prelude")
local later, listen, net, watch = prelude.later, prelude.listen, prelude.net, prelude.watch

local note

local server
server = net.createServer(function(socket)
  local peer = watch(socket, "peer")
  server:close(function(...) note("callback", ...) end)
  note("listening", server.listening)
  note("address", server:address())
  socket:write("still here")
  socket:on("close", function() note("peer closed") end)
  later(function()
    peer("ends")
    socket:finish("bye")
  end)
end)
note = watch(server, "server", { "close", "error" })
listen(server, function(port) watch(net.connect(port, "127.0.0.1"), "client") end)
