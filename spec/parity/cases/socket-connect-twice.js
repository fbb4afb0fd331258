const { attempt, later, listen, log, net, watch } = require("../prelude");

// A second connect while the first is on its way.
const server = net.createServer((socket) => {
  log("connection");
  socket.resume();
  socket.end();
});
listen(server, (port) => {
  const client = new net.Socket();
  const note = watch(client, "client");
  client.connect(port, "127.0.0.1", () => note("first callback"));
  note("second", attempt(() => client.connect(port, "127.0.0.1", () => note("second callback")) === client));
  client.on("close", () => later(() => server.close()));
});
