local prelude = require("prelude")
local listen, log, net = prelude.listen, prelude.log, prelude.net

-- A subclass sees every chunk that is pushed.
local Tracing = net.Socket:extend("Tracing")

function Tracing:push(chunk, encoding)
  log("push", chunk)
  return net.Socket.push(self, chunk, encoding)
end

local server
server = net.createServer(function(socket)
  server:close()
  socket:on("data", function() socket:finish("answer") end)
end)
listen(server, function(port)
  local client = Tracing()
  client:connect(port, "127.0.0.1", function() client:write("question") end)
  client:on("data", function(data) log("data", data) end)
  client:on("close", function() log("close") end)
end)
