const { listen, log, net, watch } = require("../prelude");

// An error that escapes the listener harms neither the server nor the connection.
const server = net.createServer((socket) => {
  socket.end("served");
  socket.resume();
  throw new Error("in the listener");
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  watch(client, "client");
  client.on("close", () => {
    const second = net.connect(port, "127.0.0.1");
    watch(second, "second");
    second.on("close", () => server.close(() => log("closed")));
  });
});
