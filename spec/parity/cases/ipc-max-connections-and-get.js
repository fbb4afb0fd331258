const { later, log, net, tempPath } = require("../prelude");

const path = tempPath();
const server = net.createServer((socket) => {
  socket.resume();
  server.getConnections((...args) => log("connections", ...args));
});
server.listen(path, () => {
  const client = net.connect(path);
  client.resume();
  client.on("connect", () => later(() => {
    client.end();
    server.close(() => log("closed"));
  }));
});
