const { listen, log, net, watch } = require("../prelude");

// A custom lookup answers with a list: the addresses are tried in turn.
const server = net.createServer((socket) => {
  socket.resume();
  socket.end("served");
});
listen(server, (port) => {
  const lookup = (host, options, callback) => {
    log("all", options.all);
    callback(null, [{ address: "::1", family: 6 }, { address: "127.0.0.1", family: 4 }]);
  };
  const client = net.connect({ port, host: "some.host", lookup });
  watch(client, "client");
  client.on("close", () => server.close());
});
