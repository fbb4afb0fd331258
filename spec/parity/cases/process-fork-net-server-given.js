const { forkChild, log, net, watch } = require("../prelude");

const child = forkChild();
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
child.on("message", (message, server) => {
  log("message", message, server instanceof net.Server, server && server.listening);
  if (message.released) return child.send({ act: "exit", code: 0 });
  server.on("connection", (socket) => socket.end("from here"));
  child.send({ act: "release" });
  const client = net.connect(server.address().port, "127.0.0.1");
  watch(client, "client", ["data", "end", "close"]);
  client.on("close", () => server.close());
});
child.send({ act: "give" });
