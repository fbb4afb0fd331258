const { listen, log, net, watch } = require("../prelude");

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
    const client = net.connect({ port: target, host: "127.0.0.1", localPort: chosen });
    watch(client, "client", ["connect", "error", "end"]);
    client.resume();
    client.on("close", () => server.close());
  }));
});
