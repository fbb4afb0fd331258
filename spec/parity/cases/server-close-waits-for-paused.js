const { later, listen, net, watch } = require("../prelude");

const server = net.createServer({ pauseOnConnect: true }, (socket) => {
  note("paused", socket.isPaused());
  server.close();
  later(() => {
    note("destroy");
    socket.destroy();
  });
});
const note = watch(server, "server", ["close"]);
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  watch(client, "client");
});
