const { ask, cluster, forkWorker, log } = require("../prelude");

cluster.schedulingPolicy = cluster.SCHED_RR;

const worker = forkWorker();
worker.on("message", (message) => log("message", message.error, message.listening, message.event));
worker.on("listening", (address) => {
  ask({ port: address.port, host: "127.0.0.1" }, (text) => {
    log("answer", text);
    worker.disconnect();
  });
});
worker.send({ act: "listen", name: "it", more: { port: 0, host: "127.0.0.1" } });
