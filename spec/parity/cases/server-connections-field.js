const { listen, log, net } = require("../prelude");

// Deprecated, gone from Node 20.
const server = net.createServer((socket) => {
  log("connected", server.connections);
  socket.end();
  socket.resume();
  socket.on("close", () => {
    log("after", server.connections);
    server.close();
  });
});
log("before", server.connections);
listen(server, (port) => net.connect(port, "127.0.0.1").resume());
