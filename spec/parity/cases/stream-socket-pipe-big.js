const { listen, log, net, rep, size } = require("../prelude");

const total = 3000000;
const server = net.createServer((socket) => {
  socket.pipe(socket);
  socket.on("close", () => {
    log("server", socket.bytesRead, socket.bytesWritten);
    server.close();
  });
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  let received = 0;
  client.on("data", (data) => {
    received = received + size(data);
  });
  client.on("close", (hadError) => log("client", hadError, received, client.bytesRead, client.bytesWritten));
  client.end(rep("abc", total / 3));
});
