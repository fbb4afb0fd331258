local prelude = require("prelude")
local log, net, watch = prelude.log, prelude.net, prelude.watch

local server = net.createServer(function(socket)
  log("from", socket.remoteFamily)
  socket:resume()
  socket:finish()
end)
server:listen(0, "::1", function()
  local port = server:address().port
  local function lookup(_, options, callback)
    log("family asked", options.family)
    callback(nil, "::1", 6)
  end
  local client = net.connect({ port = port, host = "some.host", family = 6, lookup = lookup })
  watch(client, "client")
  client:on("close", function() server:close() end)
end)
