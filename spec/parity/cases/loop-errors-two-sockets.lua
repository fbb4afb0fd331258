local prelude = require("prelude")
local Error, listen, log, net = prelude.Error, prelude.listen, prelude.log, prelude.net

-- Two connections in one turn, both listeners throw: no error is lost.
local count = 0
local server
server = net.createServer(function(socket)
  count = count + 1
  socket:destroy()
  if count == 2 then server:close(function() log("closed") end) end
  error(Error("in a connection"), 0)
end)
listen(server, function(port)
  for _ = 0, 1 do
    local client = net.connect(port, "127.0.0.1")
    client:on("error", function() end)
    client:resume()
  end
end)
