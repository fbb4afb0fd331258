const { listen, log, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  const note = watch(socket, "peer");
  server.close(() => log("closed"));
  socket.destroy();
  note("state", socket.destroyed, socket.readyState);
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  watch(client, "client");
});
