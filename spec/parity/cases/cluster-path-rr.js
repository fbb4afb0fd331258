const { ask, cluster, exists, forkWorker, log, tempPath } = require("../prelude");

cluster.schedulingPolicy = cluster.SCHED_RR;

const path = tempPath();
const worker = forkWorker();
worker.on("message", (message) => log("message", message.error, message.call, message.listening, message.event));
worker.on("listening", (address) => {
  log("listening", address.port, address.addressType, exists(path));
  ask({ path }, (text) => {
    log("answer", text);
    worker.disconnect();
  });
});
worker.on("exit", () => log("exists", exists(path)));
worker.send({ act: "listen", name: "it", more: { path } });
