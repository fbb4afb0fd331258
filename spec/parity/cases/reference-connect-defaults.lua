local prelude = require("prelude")
local actor, net, tempPath = prelude.actor, prelude.net, prelude.tempPath

-- Without options a connection's socket is like any new one; with them, they reach it.
local path = tempPath()
local server = net.createServer(function(socket)
  socket:resume()
  socket:finish()
end)
local left = 3
local function variant(name, socket)
  local note = actor(name)
  note("half-open", socket.allowHalfOpen)
  note("timeout", socket.timeout)
  note("marks", socket.readableHighWaterMark, socket.writableHighWaterMark)
  socket:resume()
  socket:on("end", function() socket:finish() end)
  socket:on("close", function()
    left = left - 1
    if left == 0 then server:close() end
  end)
end
server:listen(path, function()
  variant("path", net.createConnection(path))
  variant("options", net.createConnection({ path = path, allowHalfOpen = true, timeout = 4000, highWaterMark = 1000 }))
  local port = net.createConnection(1, "127.0.0.1")
  port:on("error", function() end)
  variant("port and host", port)
end)
