local prelude = require("prelude")
local cluster, log = prelude.cluster, prelude.log

for _, worker in ipairs({ cluster.Worker(), cluster.Worker({ id = 7, state = "online" }) }) do
  log("worker", worker.id, worker.state, worker.process == nil, worker.exitedAfterDisconnect)
end
