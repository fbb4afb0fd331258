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
  server.close(() => log("closed"));
  child.send({ act: "die" });
});
