local prelude = require("prelude")
local EventEmitter, listen, log, net = prelude.EventEmitter, prelude.listen, prelude.log, prelude.net

local Counter = net.Server:extend("Counter")

function Counter:initialize(options)
  net.Server.initialize(self, options)
  self.count = 0
  self:on("connection", function() self.count = self.count + 1 end)
end

local server = Counter({ allowHalfOpen = false })
log("instances", Counter:isInstance(server), net.Server:isInstance(server), EventEmitter:isInstance(server))
listen(server, function(port)
  server:on("connection", function(socket) socket:destroy() end)
  local client = net.connect(port, "127.0.0.1")
  client:on("error", function() end)
  client:resume()
  client:on("close", function() server:close(function() log("count", server.count) end) end)
end)
