local prelude = require("prelude")
local later, listen, net, watch = prelude.later, prelude.listen, prelude.net, prelude.watch

local target

-- Two pipes between two pairs of sockets.
local origin
origin = net.createServer(function(socket)
  watch(socket, "origin")
  socket:on("end", function() origin:close() end)
  socket:write("welcome ")
  socket:pipe(socket)
end)
local proxy
proxy = net.createServer(function(socket)
  proxy:close()
  local upstream = net.connect(target, "127.0.0.1")
  watch(upstream, "upstream", { "end", "finish", "error", "close" })
  socket:pipe(upstream)
  upstream:pipe(socket)
end)
listen(origin, function(port)
  target = port
  listen(proxy, function(own)
    local client = net.connect(own, "127.0.0.1")
    watch(client, "client")
    client:write("one ")
    later(function() client:finish("two") end, 60)
  end)
end)
