const { listen, net, nextTick, watch } = require("../prelude");

// Asked for a list, a custom lookup may answer with one address.
const server = net.createServer((socket) => {
  socket.resume();
  socket.end("served");
});
listen(server, (port) => {
  const lookup = (host, options, callback) => nextTick(() => callback(null, "127.0.0.1", 4));
  const client = net.connect({ port, host: "some.host", lookup });
  watch(client, "client");
  client.on("close", () => server.close());
});
