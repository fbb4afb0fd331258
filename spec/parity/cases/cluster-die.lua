local prelude = require("prelude")
local cluster, forkWorker, log = prelude.cluster, prelude.forkWorker, prelude.log

cluster:on("exit", function(worker, code, signal)
  log("exit", code, signal, worker.exitedAfterDisconnect, worker:isDead())
  log("process", worker.process.exitCode, worker.process.signalCode)
end)
forkWorker():send({ act = "die" })
