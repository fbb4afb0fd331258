const { listen, log, net } = require("../prelude");

// A port is free at once, though connections that its server closed first still linger in the system.
const server = net.createServer((socket) => {
  socket.end("bye");
  socket.resume();
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  client.resume();
  client.on("close", () => {
    server.close(() => {
      server.on("error", (err) => log("error", err));
      server.listen(port, "127.0.0.1", () => {
        log("same port", server.address().port === port);
        server.close();
      });
    });
  });
});
