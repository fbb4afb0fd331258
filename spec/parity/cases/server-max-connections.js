const { listen, log, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  log("accepted");
  socket.resume();
});
server.maxConnections = 1;
log("field", server.maxConnections);
server.on("drop", (data) => {
  log("drop", data);
  server.getConnections((...args) => log("connections", ...args));
});
listen(server, (port) => {
  const first = net.connect(port, "127.0.0.1");
  watch(first, "first");
  first.on("connect", () => {
    const second = net.connect(port, "127.0.0.1");
    watch(second, "second");
    second.on("close", () => {
      first.end();
      server.close();
    });
  });
});
