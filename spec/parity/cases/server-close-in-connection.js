const { listen, log, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  log("connections");
  server.close((err) => log("closed", err));
  socket.end("only you");
  socket.resume();
});
listen(server, (port) => watch(net.connect(port, "127.0.0.1"), "client"));
