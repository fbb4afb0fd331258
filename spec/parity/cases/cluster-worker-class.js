const { cluster, log } = require("../prelude");

for (const worker of [new cluster.Worker(), new cluster.Worker({ id: 7, state: "online" })]) {
  log("worker", worker.id, worker.state, worker.process === undefined, worker.exitedAfterDisconnect);
}
