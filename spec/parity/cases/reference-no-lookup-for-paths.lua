local prelude = require("prelude")
local log, net, tempPath, watch = prelude.log, prelude.net, prelude.tempPath, prelude.watch

-- With a path nothing is looked up, whatever the TCP options say: they are not even checked.
local path = tempPath()
local server
server = net.createServer(function(socket)
  socket:resume()
  socket:finish()
  server:close()
end)
server:listen(path, function()
  local client = net.connect({
    path = path,
    port = 1,
    host = "some.host",
    family = 5,
    localAddress = "no address",
    lookup = function() log("never") end,
  })
  watch(client, "client")
end)
