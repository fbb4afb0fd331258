const { later, listen, net, watch } = require("../prelude");

// end() on a socket that is connected only afterwards.
const server = net.createServer((socket) => {
  watch(socket, "peer");
  server.close();
});
listen(server, (port) => {
  const client = new net.Socket();
  const note = watch(client, "client", ["connect", "end", "close"]);
  client.end();
  client.resume();
  later(() => {
    client.connect(port, "127.0.0.1");
    later(() => {
      note("destroyed", client.destroyed);
      client.destroy();
    }, 100);
  });
});
