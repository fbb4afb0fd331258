local prelude = require("prelude")
local later, log, net, tempPath = prelude.later, prelude.log, prelude.net, prelude.tempPath

local path = tempPath()
local server
server = net.createServer(function(socket)
  socket:resume()
  server:getConnections(function(...) log("connections", ...) end)
end)
server:listen(path, function()
  local client = net.connect(path)
  client:resume()
  client:on("connect", function()
    later(function()
      client:finish()
      server:close(function() log("closed") end)
    end)
  end)
end)
