local prelude = require("prelude")
local actor, log, net, tempPath = prelude.actor, prelude.log, prelude.net, prelude.tempPath
local watch = prelude.watch

local path = tempPath()
local left = 6
local server = net.createServer(function(socket)
  socket:resume()
  socket:finish("hi")
end)
local function variant(name, start)
  local note = actor(name)
  local function called(...) note("callback", ...) end
  local socket = start(called)
  watch(socket, name)
  note("state", socket.connecting, socket.pending, socket.readyState)
  socket:on("close", function()
    left = left - 1
    if left == 0 then server:close(function() log("all closed") end) end
  end)
end
server:listen(path, function()
  variant("connect(path)", function() return net.connect(path) end)
  variant("connect(path, fn)", function(called) return net.connect(path, called) end)
  variant("connect(options, fn)", function(called) return net.connect({ path = path }, called) end)
  variant("createConnection(path)", function() return net.createConnection(path) end)
  variant("socket.connect(path, fn)", function(called) return net.Socket():connect(path, called) end)
  variant("path before port", function(called) return net.connect({ path = path, port = 1 }, called) end)
end)
