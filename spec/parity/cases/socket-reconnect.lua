local prelude = require("prelude")
local listen, net, watch = prelude.listen, prelude.net, prelude.watch

-- The same socket, again after close.
local times = 0
local server = net.createServer(function(socket)
  socket:resume()
  times = times + 1
  socket:finish("answer " .. times)
end)
listen(server, function(port)
  local client = net.Socket()
  local note = watch(client, "client")
  client:on("close", function()
    note("state", client.destroyed, client.connecting, client.pending, client.readyState)
    note("bytes", client.bytesRead, client.bytesWritten)
    if times < 3 then
      client:connect(port, "127.0.0.1")
      note("again", client.destroyed, client.connecting, client.pending, client.readyState)
      client:write("question")
    else
      server:close()
    end
  end)
  client:connect(port, "127.0.0.1")
end)
