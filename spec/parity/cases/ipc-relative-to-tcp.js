const { actor, listen, net, tempPath } = require("../prelude");

// A server that was on a path listens on a port, and the other way round.
const server = net.createServer();
const note = actor("server");
server.listen(tempPath(), () => {
  note("address", server.address());
  server.close(() => listen(server, () => {
    note("address", server.address());
    server.close(() => server.listen(tempPath(), () => {
      note("address", server.address());
      server.close();
    }));
  }));
});
