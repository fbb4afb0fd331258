const { log, net } = require("../prelude");

// The callback is a listener like others, for one event.
const server = net.createServer();
server.listen(0, "127.0.0.1", () => {
  log("callback", server.listenerCount("listening"));
  server.close(() => {
    server.once("listening", () => {
      log("again");
      server.close();
    });
    server.listen(0, "127.0.0.1");
  });
});
log("listeners", server.listenerCount("listening"));
