local prelude = require("prelude")
local exists, log, net, rep = prelude.exists, prelude.log, prelude.net, prelude.rep
local size, tempPath, watch = prelude.size, prelude.tempPath, prelude.watch

-- The longest path that Linux takes has 107 bytes.
local path = tempPath(rep("p", 107 - (size(tempPath("x")) - 1)))
local server
server = net.createServer(function(socket)
  socket:resume()
  socket:finish("arrived")
  server:close()
end)
server:listen(path, function()
  log("bytes", size(server:address()), exists(path))
  watch(net.connect(path), "client")
end)
