const { log, net } = require("../prelude");

// On a server that listens on every address, localAddress is the one that the client has connected to.
const server = net.createServer((socket) => {
  log("localAddress", socket.localAddress, socket.localPort === server.address().port);
  socket.destroy();
});
server.listen(0, "0.0.0.0", () => {
  log("address", server.address().address);
  const client = net.connect(server.address().port, "127.0.0.3");
  client.on("error", () => {});
  client.on("close", () => server.close());
  client.resume();
});
