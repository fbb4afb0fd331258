const { log, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  log("from", socket.remoteFamily);
  socket.resume();
  socket.end();
});
server.listen(0, "::1", () => {
  const port = server.address().port;
  const lookup = (host, options, callback) => {
    log("family asked", options.family);
    callback(null, "::1", 6);
  };
  const client = net.connect({ port, host: "some.host", family: 6, lookup });
  watch(client, "client");
  client.on("close", () => server.close());
});
