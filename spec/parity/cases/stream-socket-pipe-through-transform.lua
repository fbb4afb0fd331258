local prelude = require("prelude")
local Transform, later, listen, net = prelude.Transform, prelude.later, prelude.listen, prelude.net
local watch = prelude.watch

local server
server = net.createServer(function(socket)
  local shout = Transform({ transform = function(_, chunk, _, callback) callback(nil, chunk .. "!") end })
  socket:pipe(shout):pipe(socket)
  socket:on("close", function() server:close() end)
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  watch(client, "client")
  client:write("one")
  later(function() client:finish("two") end)
end)
