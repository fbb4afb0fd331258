local prelude = require("prelude")
local listen, log, net, watch = prelude.listen, prelude.log, prelude.net, prelude.watch

-- Writes before the connection are kept in their order.
local received = ""
local server
server = net.createServer(function(socket)
  socket:setEncoding("utf8")
  socket:on("data", function(data) received = received .. data end)
  socket:on("end", function()
    log("received", received)
    server:close()
  end)
end)
listen(server, function(port)
  local client = net.Socket()
  local note = watch(client, "client")
  client:connect(port, "127.0.0.1")
  note("write", client:write("one ", function() note("wrote one") end))
  note("write", client:write("two ", "utf8", function() note("wrote two") end))
  note("queued", client.writableLength, client.bytesWritten, client.bufferSize)
  client:on("connect", function()
    note("in connect", client.writableLength, client.bytesWritten)
    client:write("three", function() note("wrote three") end)
    client:finish(function() note("end callback") end)
  end)
end)
