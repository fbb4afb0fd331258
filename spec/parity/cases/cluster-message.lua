local prelude = require("prelude")
local cluster, forkWorker, log = prelude.cluster, prelude.forkWorker, prelude.log

local worker = forkWorker()
cluster:on("message", function(one, message, handle) log("cluster", one == worker, message, handle == nil) end)
worker:on("message", function(message)
  log("worker", message)
  worker:disconnect()
end)
worker.process:on("message", function(message) log("process", message) end)
worker:send({ act = "echo", value = "said" }, function(err) log("sent", err) end)
