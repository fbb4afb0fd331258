const { cluster, forkWorker, later, log } = require("../prelude");

cluster.schedulingPolicy = cluster.SCHED_NONE;

const worker = forkWorker();
worker.on("message", (message) => log("message", message.error, message.listening, message.event));
worker.on("online", () => later(() => worker.disconnect(), 200));
worker.send({ act: "listen", name: "it", more: { port: 0, host: "127.0.0.1" }, closing: true });
