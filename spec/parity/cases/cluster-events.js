const { cluster, forkWorker, log } = require("../prelude");

cluster.on("fork", (worker) => log("fork", worker.id));
cluster.on("online", (worker) => log("online", worker.id));
cluster.on("disconnect", (worker) => log("disconnect", worker.id, worker.exitedAfterDisconnect));
cluster.on("exit", (worker, code, signal) => log("exit", worker.id, code, signal));
cluster.on("message", (worker, message) => log("message", worker.id, message));
cluster.on("listening", (worker, address) => log("listening", worker.id, address.address, address.port > 0,
  address.addressType));
const worker = forkWorker();
log("state", worker.state, worker.isConnected(), worker.isDead(), worker.id, worker.exitedAfterDisconnect);
worker.on("online", () => {
  log("state", worker.state);
  worker.send({ act: "listen", name: "it", more: { port: 0, host: "127.0.0.1" } });
});
worker.on("listening", () => {
  log("state", worker.state);
  log("returns itself", worker.disconnect() === worker, worker.exitedAfterDisconnect);
});
worker.on("disconnect", () => log("state", worker.state, worker.isConnected()));
worker.on("exit", () => log("state", worker.state, worker.isDead()));
