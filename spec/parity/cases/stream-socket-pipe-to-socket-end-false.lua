local prelude = require("prelude")
local later, listen, net, watch = prelude.later, prelude.listen, prelude.net, prelude.watch

local from
local server
server = net.createServer(function(socket)
  if not from then
    from = socket
  else
    server:close()
    socket:resume()
    from:pipe(socket, { ["end"] = false })
    from:on("end", function() later(function() socket:finish("the rest") end) end)
  end
end)
listen(server, function(port)
  local first
  first = net.connect(port, "127.0.0.1", function()
    local second = net.connect(port, "127.0.0.1")
    watch(second, "second")
    second:on("connect", function() later(function() first:finish("through the pipe ") end) end)
  end)
  watch(first, "first")
end)
