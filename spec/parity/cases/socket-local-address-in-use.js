const { listen, net, watch } = require("../prelude");

const server = net.createServer((socket) => socket.resume());
listen(server, (port) => {
  const client = net.connect({ port, host: "127.0.0.1", localAddress: "127.0.0.1", localPort: port });
  const note = watch(client, "client", ["connect", "end", "close"]);
  client.on("error", (err) => note("error", err.code, err.syscall));
  client.on("close", () => server.close());
});
