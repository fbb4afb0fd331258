const { cluster, forkWorker, log } = require("../prelude");

const ports = [];
for (let i = 0; i < 2; i += 1) {
  const worker = forkWorker();
  cluster.on("listening", () => log("told"));
  worker.on("message", (message) => {
    if (!message.listening) return;
    ports.push(message.port);
    if (ports.length === 2) {
      log("same", ports[0] === ports[1]);
      for (const one of Object.values(cluster.workers)) one.process.kill();
    }
  });
  worker.send({ act: "listen", name: "it", more: { port: 0, host: "127.0.0.1", exclusive: true } });
}
