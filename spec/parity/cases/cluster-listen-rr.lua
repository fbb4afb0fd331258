local prelude = require("prelude")
local ask, cluster, forkWorker, log = prelude.ask, prelude.cluster, prelude.forkWorker, prelude.log

cluster.schedulingPolicy = cluster.SCHED_RR

local worker = forkWorker()
worker:on("message", function(message) log("message", message.error, message.listening, message.event) end)
worker:on("listening", function(address)
  ask({ port = address.port, host = "127.0.0.1" }, function(text)
    log("answer", text)
    worker:disconnect()
  end)
end)
worker:send({ act = "listen", name = "it", more = { port = 0, host = "127.0.0.1" } })
