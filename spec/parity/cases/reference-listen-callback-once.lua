local prelude = require("prelude")
local log, net = prelude.log, prelude.net

-- The callback is a listener like others, for one event.
local server = net.createServer()
server:listen(0, "127.0.0.1", function()
  log("callback", server:listenerCount("listening"))
  server:close(function()
    server:once("listening", function()
      log("again")
      server:close()
    end)
    server:listen(0, "127.0.0.1")
  end)
end)
log("listeners", server:listenerCount("listening"))
