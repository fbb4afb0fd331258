const { forkChild, listen, log, net, watch } = require("../prelude");

const child = forkChild();
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
const server = net.createServer({ pauseOnConnect: true }, (socket) => {
  child.send({ act: "hold" }, socket);
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  watch(client, "client", ["data", "end", "close"]);
});
child.on("message", (message) => {
  log("message", message);
  if (message.released) {
    server.close(() => {
      log("closed");
      child.send({ act: "exit", code: 0 });
    });
    return;
  }
  server.getConnections((err, count) => {
    log("count", err, count);
    child.send({ act: "release" });
  });
});
