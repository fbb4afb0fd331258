const { listen, log, net, nextTick, setImmediate, setTimeout } = require("../prelude");

// Within an I/O callback the immediate comes before the timer.
const server = net.createServer((socket) => {
  setTimeout(() => log("timer"), 0);
  setImmediate(() => log("immediate"));
  nextTick(() => log("tick"));
  socket.destroy();
  server.close();
});
listen(server, (port) => net.connect(port, "127.0.0.1").on("error", () => {}).resume());
