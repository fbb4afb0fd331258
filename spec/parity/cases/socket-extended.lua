local prelude = require("prelude")
local Duplex, listen, log, net = prelude.Duplex, prelude.listen, prelude.log, prelude.net
local watch = prelude.watch

local Shouter = net.Socket:extend("Shouter")

function Shouter:initialize(options)
  net.Socket.initialize(self, options)
  self.loud = true
end

function Shouter:shout(text) return self:write(text .. "!") end

local server
server = net.createServer(function(socket)
  watch(socket, "peer")
  server:close()
end)
listen(server, function(port)
  local client = Shouter({ allowHalfOpen = false })
  log("instances", Shouter:isInstance(client), net.Socket:isInstance(client), Duplex:isInstance(client))
  log("loud", client.loud)
  client:connect(port, "127.0.0.1", function()
    client:shout("hello")
    client:finish()
  end)
  client:resume()
end)
