const { listen, net, watch } = require("../prelude");

const blocker = net.createServer();
const server = net.createServer();
const note = watch(server, "server");
listen(blocker, (port) => {
  server.listen(port, "127.0.0.1");
  note("at once", server.listening);
  server.once("error", () => {
    note("in error", server.listening);
    server.listen(0, "127.0.0.1", () => {
      note("recovered", server.listening);
      server.close();
      blocker.close();
    });
  });
});
