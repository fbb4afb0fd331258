const { ask, forkWorker, listen, log, net } = require("../prelude");

const worker = forkWorker();
const server = net.createServer();
listen(server, (port) => {
  worker.send({ act: "answer", name: "the worker" }, server, (err) => log("sent", err));
  worker.on("message", (message) => {
    log("message", message);
    server.close(() => ask({ port, host: "127.0.0.1" }, (text) => {
      log("answer", text);
      worker.send({ act: "close" });
      worker.disconnect();
    }));
  });
});
