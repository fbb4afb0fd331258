const { actor, later, listen, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  socket.resume();
  socket.end("served");
});
listen(server, (port) => {
  const note = actor("client");
  let client;
  const lookup = (host, options, callback) => later(() => {
    note("state", client.connecting, client.pending, client.readyState);
    callback(null, [{ address: "127.0.0.1", family: 4 }]);
  });
  client = net.connect({ port, host: "some.host", lookup });
  watch(client, "client");
  client.write("early", () => note("written"));
  client.on("close", () => server.close());
});
