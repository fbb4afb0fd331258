local prelude = require("prelude")
local cluster, forkWorker, later, log = prelude.cluster, prelude.forkWorker, prelude.later, prelude.log

cluster.schedulingPolicy = cluster.SCHED_RR

local worker = forkWorker()
worker:on("message", function(message) log("message", message.error, message.listening, message.event) end)
worker:on("online", function() later(function() worker:disconnect() end, 200) end)
worker:send({ act = "listen", name = "it", more = { port = 0, host = "127.0.0.1" }, closing = true })
