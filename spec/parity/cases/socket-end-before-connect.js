const { listen, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  watch(socket, "peer");
  server.close();
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  const note = watch(client, "client");
  client.end("all I have", () => note("end callback"));
  note("state", client.writable, client.writableEnded, client.readyState);
});
