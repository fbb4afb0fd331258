local prelude = require("prelude")
local later, listen, net, watch = prelude.later, prelude.listen, prelude.net, prelude.watch

-- EADDRINUSE, and again as the reference shows it: close, then listen.
local blocker = net.createServer()
local server = net.createServer()
local note = watch(server, "server")
local tries = 0
listen(blocker, function(port)
  server:on("error", function()
    tries = tries + 1
    note("try", tries)
    if tries == 2 then blocker:close() end
    later(function()
      server:close()
      server:listen(port, "127.0.0.1")
    end)
  end)
  server:on("listening", function() server:close() end)
  server:listen(port, "127.0.0.1")
end)
