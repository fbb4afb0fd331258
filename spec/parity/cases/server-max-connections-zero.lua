local prelude = require("prelude")
local listen, log, net, watch = prelude.listen, prelude.log, prelude.net, prelude.watch

-- Every connection is dropped.
local server = net.createServer(function() log("accepted") end)
server.maxConnections = 0
server:on("drop", function(data)
  data.reason = nil -- what Node does not tell
  log("drop", data)
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  watch(client, "client")
  client:on("close", function() server:close() end)
end)
