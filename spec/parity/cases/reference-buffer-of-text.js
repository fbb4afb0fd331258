const { listen, log, net } = require("../prelude");

// What is queued of a text is counted.
const server = net.createServer((socket) => {
  socket.resume();
  server.close();
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  client.resume();
  client.write("é€");
  log("queued", client.bufferSize, client.writableLength, client.bytesWritten);
  client.end();
});
