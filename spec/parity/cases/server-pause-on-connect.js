const { later, listen, net, watch } = require("../prelude");

const server = net.createServer({ pauseOnConnect: true }, (socket) => {
  const peer = watch(socket, "peer");
  peer("paused", socket.isPaused(), socket.readableFlowing);
  server.close();
  later(() => {
    peer("bytes", socket.bytesRead);
    socket.resume();
    peer("resumed", socket.isPaused());
  });
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  watch(client, "client");
  client.end("waiting");
});
