const { later, listen, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  socket.resume();
  socket.end("early data");
  server.close();
});
listen(server, (port) => {
  const client = new net.Socket();
  const note = watch(client, "client");
  client.pause();
  client.connect(port, "127.0.0.1");
  later(() => {
    note("paused", client.isPaused(), client.bytesRead);
    client.resume();
  }, 60);
});
