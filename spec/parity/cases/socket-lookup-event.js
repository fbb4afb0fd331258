const { listen, log, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  socket.resume();
  socket.end();
});
listen(server, (port) => {
  const lookup = (host, options, callback) => {
    log("lookup called", host, typeof callback);
    callback(null, "127.0.0.1", 4);
  };
  const client = net.connect({ port, host: "some.host", lookup, autoSelectFamily: false });
  const note = watch(client, "client");
  note("state", client.connecting, client.pending);
  client.on("close", () => {
    const literal = net.connect({ port, host: "127.0.0.1", lookup });
    watch(literal, "literal");
    literal.on("close", () => server.close());
  });
});
