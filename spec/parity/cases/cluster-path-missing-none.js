const { cluster, forkWorker, log, tempPath } = require("../prelude");

cluster.schedulingPolicy = cluster.SCHED_NONE;

const worker = forkWorker();
worker.on("message", (message) => {
  log("message", message.error, message.call, message.listening);
  worker.disconnect();
});
worker.send({ act: "listen", name: "it", more: { path: tempPath("missing") + "/s" } });
