const { log, net, nextTick, pair } = require("../prelude");

// connect, ready, the callback and the ticks between them.
pair({}, (client, peer) => {
  client.destroy();
  peer.destroy();
  const server = net.createServer((socket) => {
    socket.destroy();
    server.close();
  });
  server.listen(0, "127.0.0.1", () => {
    const socket = new net.Socket();
    socket.on("error", () => {});
    socket.on("ready", () => log("ready"));
    socket.on("connect", () => {
      log("connect", socket.connecting, socket.pending, socket.readyState);
      nextTick(() => log("tick"));
      socket.destroy();
    });
    socket.connect(server.address().port, "127.0.0.1", () => log("callback"));
    log("connecting", socket.connecting, socket.pending, socket.readyState);
  });
});
