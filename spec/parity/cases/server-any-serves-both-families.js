const { actor, net, watch } = require("../prelude");

// Without a host a server takes IPv6 and IPv4.
const server = net.createServer((socket) => {
  actor(`peer ${socket.remoteFamily}`)("addresses", socket.remoteAddress, socket.localAddress);
  socket.end();
  socket.resume();
});
let left = 2;
server.listen(0, () => {
  const port = server.address().port;
  for (const host of ["127.0.0.1", "::1"]) {
    const client = net.connect(port, host);
    watch(client, host);
    client.on("close", () => {
      left = left - 1;
      if (left === 0) server.close();
    });
  }
});
