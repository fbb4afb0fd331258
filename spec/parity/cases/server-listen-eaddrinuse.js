const { listen, net, watch } = require("../prelude");

const blocker = net.createServer();
const server = net.createServer();
const note = watch(server, "server");
listen(blocker, (port) => {
  server.listen(port, "127.0.0.1", () => note("never"));
  server.on("error", () => {
    note("address", server.address());
    blocker.close();
  });
});
