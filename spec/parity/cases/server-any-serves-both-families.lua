local prelude = require("prelude")
local actor, net, watch = prelude.actor, prelude.net, prelude.watch

-- Without a host a server takes IPv6 and IPv4.
local server = net.createServer(function(socket)
  actor("peer " .. socket.remoteFamily)("addresses", socket.remoteAddress, socket.localAddress)
  socket:finish()
  socket:resume()
end)
local left = 2
server:listen(0, function()
  local port = server:address().port
  for _, host in ipairs({ "127.0.0.1", "::1" }) do
    local client = net.connect(port, host)
    watch(client, host)
    client:on("close", function()
      left = left - 1
      if left == 0 then server:close() end
    end)
  end
end)
