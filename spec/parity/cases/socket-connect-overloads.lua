local prelude = require("prelude")
local actor, listen, log, net = prelude.actor, prelude.listen, prelude.log, prelude.net
local watch = prelude.watch

-- Every legal way to say where to.
local count = 12
local left = count
local server = net.createServer(function(socket)
  socket:resume()
  socket:finish()
end)
local port
local function variant(name, start)
  local note = actor(name)
  local function called(...) note("callback", ...) end
  local socket = start(called)
  watch(socket, name, { "connect", "ready", "lookup", "error", "close" })
  socket:resume()
  note("socket", socket)
  note("state", socket.connecting, socket.pending, socket.readyState)
  socket:on("close", function()
    left = left - 1
    if left == 0 then server:close(function() log("all closed") end) end
  end)
end
listen(server, function(bound)
  port = bound
  local host = "127.0.0.1"
  variant("connect(port, host)", function() return net.connect(port, host) end)
  variant("connect(port, host, fn)", function(called) return net.connect(port, host, called) end)
  variant("connect(options)", function() return net.connect({ port = port, host = host }) end)
  variant("connect(options, fn)", function(called) return net.connect({ port = port, host = host }, called) end)
  variant("createConnection(port, host, fn)", function(called) return net.createConnection(port, host, called) end)
  variant("createConnection(options, fn)", function(called)
    return net.createConnection({ port = port, host = host }, called)
  end)
  variant("socket.connect(port, host)", function() return net.Socket():connect(port, host) end)
  variant("socket.connect(port, host, fn)", function(called) return net.Socket():connect(port, host, called) end)
  variant("socket.connect(options)", function() return net.Socket():connect({ port = port, host = host }) end)
  variant("socket.connect(options, fn)", function(called)
    return net.Socket():connect({ port = port, host = host }, called)
  end)
  variant("port as digits", function(called) return net.connect(port, host, called) end)
  variant("port as digits in options", function(called)
    return net.connect({ port = port, host = host }, called)
  end)
end)
