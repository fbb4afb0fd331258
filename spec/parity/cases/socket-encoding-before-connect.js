const { bytes, listen, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  socket.resume();
  socket.end(bytes(0xe2, 0x82, 0xac));
  server.close();
});
listen(server, (port) => {
  const client = new net.Socket();
  client.setEncoding("base64");
  watch(client, "client");
  client.connect(port, "127.0.0.1");
});
