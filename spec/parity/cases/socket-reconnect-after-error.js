const { listen, net, watch } = require("../prelude");

const client = new net.Socket();
const note = watch(client, "client");
const server = net.createServer((socket) => {
  socket.resume();
  socket.end("at last");
});
client.connect(1, "127.0.0.1");
client.once("close", () => {
  listen(server, (port) => {
    client.connect(port, "127.0.0.1");
    note("state", client.destroyed, client.connecting);
    client.once("close", () => server.close());
  });
});
