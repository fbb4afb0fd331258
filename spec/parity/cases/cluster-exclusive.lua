local prelude = require("prelude")
local cluster, forkWorker, log = prelude.cluster, prelude.forkWorker, prelude.log

local ports = {}
for _ = 1, 2 do
  local worker = forkWorker()
  cluster:on("listening", function() log("told") end)
  worker:on("message", function(message)
    if not message.listening then return end
    ports[#ports + 1] = message.port
    if #ports == 2 then
      log("same", ports[1] == ports[2])
      for _, one in pairs(cluster.workers) do
        one.process:kill()
      end
    end
  end)
  worker:send({ act = "listen", name = "it", more = { port = 0, host = "127.0.0.1", exclusive = true } })
end
