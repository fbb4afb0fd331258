local prelude = require("prelude")
local cluster, forkWorker, log, tempPath = prelude.cluster, prelude.forkWorker, prelude.log, prelude.tempPath

cluster.schedulingPolicy = cluster.SCHED_NONE

local worker = forkWorker()
worker:on("message", function(message)
  log("message", message.error, message.call, message.listening)
  worker:disconnect()
end)
worker:send({ act = "listen", name = "it", more = { path = tempPath("missing") .. "/s" } })
