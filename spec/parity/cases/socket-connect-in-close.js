const { listen, net, newError, watch } = require("../prelude");

// connect() out of a close listener, after an error and after destroy.
const server = net.createServer((socket) => {
  socket.resume();
  socket.end();
});
listen(server, (port) => {
  const client = new net.Socket();
  const note = watch(client, "client", ["connect", "error", "end", "close"]);
  client.resume();
  client.connect(port, "127.0.0.1", () => client.destroy(newError("once")));
  client.once("close", () => {
    client.connect(port, "127.0.0.1", () => note("callback"));
    client.once("close", () => server.close());
  });
});
