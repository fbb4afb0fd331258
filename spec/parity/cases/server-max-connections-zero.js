const { listen, log, net, watch } = require("../prelude");

// Every connection is dropped.
const server = net.createServer(() => log("accepted"));
server.maxConnections = 0;
server.on("drop", (data) => log("drop", data));
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  watch(client, "client");
  client.on("close", () => server.close());
});
