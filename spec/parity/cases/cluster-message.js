const { cluster, forkWorker, log } = require("../prelude");

const worker = forkWorker();
cluster.on("message", (one, message, handle) => log("cluster", one === worker, message, handle === undefined));
worker.on("message", (message) => {
  log("worker", message);
  worker.disconnect();
});
worker.process.on("message", (message) => log("process", message));
worker.send({ act: "echo", value: "said" }, (err) => log("sent", err));
