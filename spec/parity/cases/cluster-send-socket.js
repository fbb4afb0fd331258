const { actor, ask, forkWorker, listen, log, net } = require("../prelude");

const worker = forkWorker();
const server = net.createServer({ pauseOnConnect: true }, (socket) => {
  worker.send({ act: "answer", name: "the worker" }, socket, (err) => log("sent", err));
});
worker.on("message", (message) => actor("said")("message", message));
listen(server, (port) => ask({ port, host: "127.0.0.1" }, (text) => {
  log("answer", text);
  server.close(() => log("closed"));
  worker.disconnect();
}));
