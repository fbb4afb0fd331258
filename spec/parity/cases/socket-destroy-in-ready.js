const { listen, net, newError, watch } = require("../prelude");

const server = net.createServer((socket) => {
  socket.on("error", () => {});
  socket.resume();
  server.close();
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  const note = watch(client, "client");
  client.on("ready", () => {
    client.destroy(newError("in ready"));
    note("destroyed", client.destroyed);
  });
});
