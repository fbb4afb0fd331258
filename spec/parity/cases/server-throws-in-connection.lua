local prelude = require("prelude")
local Error, listen, log, net = prelude.Error, prelude.listen, prelude.log, prelude.net
local watch = prelude.watch

-- An error that escapes the listener harms neither the server nor the connection.
local server = net.createServer(function(socket)
  socket:finish("served")
  socket:resume()
  error(Error("in the listener"), 0)
end)
listen(server, function(port)
  local client = net.connect(port, "127.0.0.1")
  watch(client, "client")
  client:on("close", function()
    local second = net.connect(port, "127.0.0.1")
    watch(second, "second")
    second:on("close", function() server:close(function() log("closed") end) end)
  end)
end)
