local prelude = require("prelude")
local ask, cluster, exists = prelude.ask, prelude.cluster, prelude.exists
local forkWorker, log, tempPath = prelude.forkWorker, prelude.log, prelude.tempPath

cluster.schedulingPolicy = cluster.SCHED_RR

local path = tempPath()
local worker = forkWorker()
worker:on("message", function(message)
  log("message", message.error, message.call, message.listening, message.event)
end)
worker:on("listening", function(address)
  log("listening", address.port, address.addressType, exists(path))
  ask({ path = path }, function(text)
    log("answer", text)
    worker:disconnect()
  end)
end)
worker:on("exit", function() log("exists", exists(path)) end)
worker:send({ act = "listen", name = "it", more = { path = path } })
