const { cluster, forkWorker, log } = require("../prelude");

cluster.schedulingPolicy = cluster.SCHED_RR;

const ports = [];
for (let i = 0; i < 2; i += 1) {
  const worker = forkWorker();
  worker.on("listening", (address) => {
    ports.push(address.port);
    if (ports.length === 2) {
      log("same", ports[0] === ports[1]);
      cluster.disconnect();
    }
  });
  worker.send({ act: "listen", name: "it", more: { port: 0, host: "127.0.0.1" } });
}
