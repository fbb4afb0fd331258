const { forkWorker, log } = require("../prelude");

const worker = forkWorker();
worker.on("exit", () => log("after", worker.exitedAfterDisconnect, worker.state));
worker.on("online", () => worker.disconnect());
