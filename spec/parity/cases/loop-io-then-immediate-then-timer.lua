local prelude = require("prelude")
local listen, log, net, nextTick = prelude.listen, prelude.log, prelude.net, prelude.nextTick
local setImmediate, setTimeout = prelude.setImmediate, prelude.setTimeout

-- Within an I/O callback the immediate comes before the timer.
local server
server = net.createServer(function(socket)
  setTimeout(function() log("timer") end, 0)
  setImmediate(function() log("immediate") end)
  nextTick(function() log("tick") end)
  socket:destroy()
  server:close()
end)
listen(server, function(port) net.connect(port, "127.0.0.1"):on("error", function() end):resume() end)
