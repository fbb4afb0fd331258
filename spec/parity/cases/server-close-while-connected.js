const { later, listen, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  const peer = watch(socket, "peer");
  server.close((...args) => note("callback", ...args));
  note("listening", server.listening);
  note("address", server.address());
  socket.write("still here");
  socket.on("close", () => note("peer closed"));
  later(() => {
    peer("ends");
    socket.end("bye");
  });
});
const note = watch(server, "server", ["close", "error"]);
listen(server, (port) => watch(net.connect(port, "127.0.0.1"), "client"));
