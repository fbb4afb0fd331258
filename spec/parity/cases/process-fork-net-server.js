const { forkChild, listen, log, net, watch } = require("../prelude");

const child = forkChild();
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
const server = net.createServer();
listen(server, (port) => {
  child.send({ act: "answer", text: "from there" }, server, (err) => log("sent", err));
  child.on("message", (message) => {
    log("message", message);
    if (message.released) return child.send({ act: "disconnect" });
    server.close(() => {
      log("closed");
      const client = net.connect(port, "127.0.0.1");
      watch(client, "client", ["data", "end", "close"]);
      client.on("close", () => child.send({ act: "release" }));
    });
  });
});
