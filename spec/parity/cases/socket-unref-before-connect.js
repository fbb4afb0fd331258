const { log, net } = require("../prelude");

const server = net.createServer((socket) => {
  socket.resume();
  socket.unref();
});
server.unref();
server.listen(0, "127.0.0.1", () => {
  const client = new net.Socket();
  client.unref();
  client.connect(server.address().port, "127.0.0.1", () => log("maybe"));
  client.ref();
  client.on("connect", () => {
    log("connected");
    client.unref();
  });
});
