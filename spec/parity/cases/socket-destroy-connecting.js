const { listen, log, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  socket.on("error", () => {});
  socket.resume();
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1", () => log("never"));
  const note = watch(client, "client");
  client.write("lost", (err) => note("write callback", err));
  client.destroy();
  note("state", client.connecting, client.destroyed, client.readyState);
  client.on("close", () => server.close());
});
