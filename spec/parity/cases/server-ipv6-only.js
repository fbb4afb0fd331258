const { log, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  log("family", socket.remoteFamily);
  socket.end();
  socket.resume();
});
server.listen({ port: 0, host: "::", ipv6Only: true }, () => {
  const port = server.address().port;
  const refused = net.connect(port, "127.0.0.1");
  watch(refused, "IPv4");
  refused.on("close", () => {
    const client = net.connect(port, "::1");
    watch(client, "IPv6");
    client.on("close", () => server.close());
  });
});
