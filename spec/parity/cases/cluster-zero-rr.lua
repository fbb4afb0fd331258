local prelude = require("prelude")
local cluster, forkWorker, log = prelude.cluster, prelude.forkWorker, prelude.log

cluster.schedulingPolicy = cluster.SCHED_RR

local ports = {}
for _ = 1, 2 do
  local worker = forkWorker()
  worker:on("listening", function(address)
    ports[#ports + 1] = address.port
    if #ports == 2 then
      log("same", ports[1] == ports[2])
      cluster.disconnect()
    end
  end)
  worker:send({ act = "listen", name = "it", more = { port = 0, host = "127.0.0.1" } })
end
