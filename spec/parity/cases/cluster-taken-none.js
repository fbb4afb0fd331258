const { cluster, forkWorker, listen, log, net } = require("../prelude");

cluster.schedulingPolicy = cluster.SCHED_NONE;
const server = net.createServer();
listen(server, (port) => {
  const worker = forkWorker();
  const order = { act: "listen", name: "it", more: { port, host: "127.0.0.1" } };
  worker.on("message", (message) => {
    log("message", message.error, message.call, message.listening, message.event);
    server.close(() => worker.disconnect());
  });
  worker.send(order);
});
