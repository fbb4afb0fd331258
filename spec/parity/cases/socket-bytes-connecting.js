const { listen, log, net } = require("../prelude");

const server = net.createServer((socket) => {
  socket.resume();
  server.close();
});
listen(server, (port) => {
  const client = new net.Socket();
  client.resume();
  log("new", client.bytesWritten);
  client.connect(port, "127.0.0.1");
  client.write("1234");
  log("connecting", client.bytesWritten);
  client.on("connect", () => {
    log("connected", client.bytesWritten);
    client.end("56");
    log("ended", client.bytesWritten);
  });
  client.on("close", () => log("closed", client.bytesWritten));
});
