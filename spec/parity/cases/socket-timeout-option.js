const { listen, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  socket.resume();
  server.close();
});
listen(server, (port) => {
  const client = net.connect({ port, host: "127.0.0.1", timeout: 200 });
  const note = watch(client, "client");
  note("field", client.timeout);
  client.on("timeout", () => client.end());
});
