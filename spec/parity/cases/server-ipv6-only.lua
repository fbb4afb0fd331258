local prelude = require("prelude")
local log, net, watch = prelude.log, prelude.net, prelude.watch

local server = net.createServer(function(socket)
  log("family", socket.remoteFamily)
  socket:finish()
  socket:resume()
end)
server:listen({ port = 0, host = "::", ipv6Only = true }, function()
  local port = server:address().port
  local refused = net.connect(port, "127.0.0.1")
  watch(refused, "IPv4")
  refused:on("close", function()
    local client = net.connect(port, "::1")
    watch(client, "IPv6")
    client:on("close", function() server:close() end)
  end)
end)
