const { forkChild, listen, log, net, watch } = require("../prelude");

const child = forkChild();
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
const server = net.createServer({ pauseOnConnect: true }, (socket) => {
  child.send({ act: "answer", text: "there" }, socket, { keepOpen: true });
  log("destroyed", socket.destroyed);
  child.on("exit", () => socket.destroy());
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  watch(client, "client", ["data", "end", "close"]);
});
child.on("message", (message) => {
  log("message", message);
  server.close();
  child.send({ act: "exit", code: 0 });
});
