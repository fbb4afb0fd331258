const { actor, listen, net, nextTick, watch } = require("../prelude");

const server = net.createServer((socket) => {
  socket.on("error", () => {});
  socket.resume();
  server.close();
});
listen(server, (port) => {
  const note = actor("client");
  const client = net.connect(port, "127.0.0.1", () => {
    client.destroy();
    note("destroyed", client.destroyed, client.readyState);
    nextTick(() => note("tick"));
  });
  watch(client, "client");
});
