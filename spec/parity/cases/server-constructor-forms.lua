local prelude = require("prelude")
local EventEmitter, actor, net = prelude.EventEmitter, prelude.actor, prelude.net

local function variant(name, make)
  local server = make()
  local note = actor(name)
  note("server", server)
  note("instances", net.Server:isInstance(server), EventEmitter:isInstance(server), net.Socket:isInstance(server))
  note("listeners", server:listenerCount("connection"))
  note("state", server.listening, server.maxConnections, server:address())
end
local function listener() end
variant("createServer()", function() return net.createServer() end)
variant("createServer(fn)", function() return net.createServer(listener) end)
variant("createServer({})", function() return net.createServer({}) end)
variant("createServer({}, fn)", function() return net.createServer({ allowHalfOpen = true }, listener) end)
variant("createServer(nil, fn)", function() return net.createServer(nil, listener) end)
variant("Server()", function() return net.Server() end)
variant("Server(fn)", function() return net.Server(listener) end)
variant("Server({}, fn)", function() return net.Server({}, listener) end)
