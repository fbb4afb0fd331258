local prelude = require("prelude")
local listen, log, net = prelude.listen, prelude.log, prelude.net

-- A connectListener is for one connection: a second one of the same socket does not call it.
local times = 0
local server = net.createServer(function(socket)
  socket:resume()
  socket:finish()
end)
listen(server, function(port)
  local client = net.createConnection({ port = port, host = "127.0.0.1" }, function() log("listener") end)
  log("listeners", client:listenerCount("connect"))
  client:resume()
  client:on("close", function()
    times = times + 1
    log("closed", client:listenerCount("connect"))
    if times == 1 then
      client:connect({ port = port, host = "127.0.0.1" })
    else
      server:close()
    end
  end)
end)
