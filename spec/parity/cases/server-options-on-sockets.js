const { listen, log, net, watch } = require("../prelude");

const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 1000, highWaterMark: 1234 };
const server = net.createServer(options, (socket) => {
  log("marks", socket.readableHighWaterMark, socket.writableHighWaterMark);
  log("half-open", socket.allowHalfOpen);
  socket.end("hello");
  socket.resume();
  server.close();
});
listen(server, (port) => watch(net.connect(port, "127.0.0.1"), "client"));
