local prelude = require("prelude")
local later, listen, log, net = prelude.later, prelude.listen, prelude.log, prelude.net

local first, second

local server
server = net.createServer(function(socket)
  socket:resume()
  local returned
  returned = server:getConnections(function(err, count)
    log("connections", err, count)
    log("later", true)
    if count == 2 then
      first:finish()
      second:finish()
    end
  end)
  log("returns itself", returned == server)
end)
server:getConnections(function(...) log("before", ...) end)
log("asked")
listen(server, function(port)
  first = net.connect(port, "127.0.0.1")
  first:resume()
  first:on("connect", function()
    second = net.connect(port, "127.0.0.1")
    second:resume()
    second:on("close", function()
      later(function()
        server:getConnections(function(...) log("after", ...) end)
        server:close()
        server:getConnections(function(...) log("closed", ...) end)
      end)
    end)
  end)
end)
