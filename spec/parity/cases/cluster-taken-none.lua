local prelude = require("prelude")
local cluster, forkWorker, listen = prelude.cluster, prelude.forkWorker, prelude.listen
local log, net = prelude.log, prelude.net

cluster.schedulingPolicy = cluster.SCHED_NONE
local server = net.createServer()
listen(server, function(port)
  local worker = forkWorker()
  local order = { act = "listen", name = "it", more = { port = port, host = "127.0.0.1" } }
  worker:on("message", function(message)
    log("message", message.error, message.call, message.listening, message.event)
    server:close(function() worker:disconnect() end)
  end)
  worker:send(order)
end)
