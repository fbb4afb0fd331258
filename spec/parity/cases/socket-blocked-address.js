const { listen, net, watch } = require("../prelude");

// A BlockList has no place here; an unknown option is ignored.
const server = net.createServer({ unknown: true }, (socket) => {
  socket.resume();
  server.close();
});
listen(server, (port) => {
  const client = net.connect({ port, host: "127.0.0.1", unknown: 1 });
  watch(client, "client");
  client.on("connect", () => client.end());
});
