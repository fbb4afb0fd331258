const { Duplex, listen, log, net } = require("../prelude");

// What the connection listener gets.
const server = net.createServer();
server.on("connection", (socket, ...rest) => {
  log("socket", socket, ...rest);
  log("instances", socket instanceof net.Socket, socket instanceof Duplex);
  log("state", socket.readyState, socket.connecting, socket.pending, socket.destroyed);
  log("half-open", socket.allowHalfOpen);
  log("server", socket.server === server);
  log("addresses", socket.localAddress, socket.localPort, socket.remoteAddress, socket.remotePort, socket.remoteFamily);
  log("address", socket.address());
  log("bytes", socket.bytesRead, socket.bytesWritten);
  log("connects to itself", socket.localPort === server.address().port);
  socket.destroy();
  server.close(() => log("closed"));
});
listen(server, (port) => net.connect(port, "127.0.0.1").resume());
