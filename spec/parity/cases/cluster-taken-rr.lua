local prelude = require("prelude")
local cluster, forkWorker, listen = prelude.cluster, prelude.forkWorker, prelude.listen
local log, net = prelude.log, prelude.net

cluster.schedulingPolicy = cluster.SCHED_RR
local server = net.createServer()
listen(server, function(port)
  local worker = forkWorker()
  local order = { act = "listen", name = "it", more = { port = port, host = "127.0.0.1" } }
  worker:on("message", function(message)
    log("message", message.error, message.call, message.listening, message.event)
    if message.error then
      server:close(function() worker:send(order) end)
    elseif message.listening then
      worker:disconnect()
    end
  end)
  worker:send(order)
end)
