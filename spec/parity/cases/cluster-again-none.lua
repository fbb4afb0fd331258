local prelude = require("prelude")
local cluster, forkWorker, log = prelude.cluster, prelude.forkWorker, prelude.log

cluster.schedulingPolicy = cluster.SCHED_NONE

local worker = forkWorker()
local more = { port = 0, host = "127.0.0.1" }
local listened = 0
worker:on("message", function(message)
  log("message", message.error, message.listening, message.event)
  if message.listening then
    listened = listened + 1
    worker:send({ act = "close" })
  elseif listened < 3 then
    worker:send({ act = "listen", name = "it", more = more })
  else
    worker:disconnect()
  end
end)
worker:send({ act = "listen", name = "it", more = more })
