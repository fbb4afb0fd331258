const { log, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  log("from", socket.remoteAddress);
  socket.resume();
  socket.end();
});
server.listen(0, "127.0.0.1", () => {
  const client = net.connect({ port: server.address().port, host: "127.0.0.1", localAddress: "127.0.0.2" });
  const note = watch(client, "client");
  client.on("connect", () => note("local", client.localAddress));
  client.on("close", () => server.close());
});
