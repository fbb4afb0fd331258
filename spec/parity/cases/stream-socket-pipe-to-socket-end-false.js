const { later, listen, net, watch } = require("../prelude");

let from;
const server = net.createServer((socket) => {
  if (!from) {
    from = socket;
  } else {
    server.close();
    socket.resume();
    from.pipe(socket, { end: false });
    from.on("end", () => later(() => socket.end("the rest")));
  }
});
listen(server, (port) => {
  const first = net.connect(port, "127.0.0.1", () => {
    const second = net.connect(port, "127.0.0.1");
    watch(second, "second");
    second.on("connect", () => later(() => first.end("through the pipe ")));
  });
  watch(first, "first");
});
