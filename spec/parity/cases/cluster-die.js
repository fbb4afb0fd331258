const { cluster, forkWorker, log } = require("../prelude");

cluster.on("exit", (worker, code, signal) => {
  log("exit", code, signal, worker.exitedAfterDisconnect, worker.isDead());
  log("process", worker.process.exitCode, worker.process.signalCode);
});
forkWorker().send({ act: "die" });
