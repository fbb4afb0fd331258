local prelude = require("prelude")
local attempt, later, net, pair = prelude.attempt, prelude.later, prelude.net, prelude.pair
local watch = prelude.watch

-- A connected socket's handle cannot listen.
pair({}, function(client, peer)
  local server = net.createServer()
  local note = watch(server, "server", { "listening", "close" })
  client:on("error", function() end)
  note("returns itself", attempt(function() return server:listen(client) == server end))
  note("listening", server.listening)
  server:on("error", function(err)
    note("error", err.message, err.errno, err.syscall, server.listening)
    later(function()
      client:destroy()
      peer:destroy()
    end)
  end)
end)
