local prelude = require("prelude")
local attempt, later, listen, log = prelude.attempt, prelude.later, prelude.listen, prelude.log
local net, watch = prelude.net, prelude.watch

-- A second connect while the first is on its way.
local server = net.createServer(function(socket)
  log("connection")
  socket:resume()
  socket:finish()
end)
listen(server, function(port)
  local client = net.Socket()
  local note = watch(client, "client")
  client:connect(port, "127.0.0.1", function() note("first callback") end)
  note("second", attempt(function()
    return client:connect(port, "127.0.0.1", function() note("second callback") end) == client
  end))
  client:on("close", function() later(function() server:close() end) end)
end)
