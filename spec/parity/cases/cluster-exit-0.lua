local prelude = require("prelude")
local cluster, forkWorker, log = prelude.cluster, prelude.forkWorker, prelude.log

cluster:on("exit", function(worker, code, signal)
  log("exit", worker.id, code, signal, worker.exitedAfterDisconnect)
end)
forkWorker():send({ act = "exit", code = 0 })
