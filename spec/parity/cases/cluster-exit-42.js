const { cluster, forkWorker, log } = require("../prelude");

cluster.on("exit", (worker, code, signal) => log("exit", worker.id, code, signal, worker.exitedAfterDisconnect));
forkWorker().send({ act: "exit", code: 42 });
