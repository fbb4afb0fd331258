const { listen, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  socket.resume();
  server.close();
  const second = net.connect(port, "127.0.0.1");
  watch(second, "second");
  second.on("close", () => first.destroy());
});
watch(server, "server", ["close"]);
let port, first;
listen(server, (bound) => {
  port = bound;
  first = net.connect(port, "127.0.0.1");
});
