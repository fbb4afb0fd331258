local prelude = require("prelude")
local ask, cluster, forkWorker, log = prelude.ask, prelude.cluster, prelude.forkWorker, prelude.log

cluster.schedulingPolicy = cluster.SCHED_RR
local listening = 0
local counts = { ["from 1"] = 0, ["from 2"] = 0 }
local left = 10
local function next_one(port)
  ask({ port = port, host = "127.0.0.1" }, function(text)
    counts[text] = counts[text] + 1
    left = left - 1
    if left > 0 then return next_one(port) end
    log("answers", counts["from 1"], counts["from 2"])
    cluster.disconnect()
  end)
end
for i = 1, 2 do
  local worker = forkWorker()
  worker:on("listening", function(address)
    listening = listening + 1
    if listening == 2 then next_one(address.port) end
  end)
  worker:send({ act = "listen", name = tostring(i), more = { port = 0, host = "127.0.0.1" } })
end
