const { listen, log, net, watch } = require("../prelude");

// A port of one's own choosing.
const probe = net.createServer();
const server = net.createServer((socket) => {
  log("same port", socket.remotePort === chosen);
  socket.resume();
  socket.end();
});
let chosen;
listen(probe, (port) => {
  chosen = port;
  probe.close(() => listen(server, (target) => {
    const client = net.connect({ port: target, host: "127.0.0.1", localAddress: "127.0.0.1", localPort: chosen });
    const note = watch(client, "client", ["connect", "error", "end"]);
    client.resume();
    client.on("connect", () => note("same port", client.localPort === chosen));
    client.on("close", () => server.close());
  }));
});
