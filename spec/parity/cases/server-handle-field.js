const { listen, log, net } = require("../prelude");

const server = net.createServer();
log("new", server._handle);
listen(server, () => {
  log("listening", typeof server._handle.fd);
  server.close();
  log("closing", server._handle);
});
