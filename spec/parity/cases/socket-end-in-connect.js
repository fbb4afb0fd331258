const { listen, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  watch(socket, "peer");
  server.close();
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1", () => client.end("short visit"));
  watch(client, "client");
});
