const { listen, log, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  socket.on("error", (err) => log("peer", err.code));
  socket.resume();
  socket.on("close", () => server.close());
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  const note = watch(client, "client");
  note("returns itself", client.resetAndDestroy() === client);
  note("state", client.destroyed, client.connecting);
});
