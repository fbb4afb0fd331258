const { later, listen, net, watch } = require("../prelude");

// EADDRINUSE, and again as the reference shows it: close, then listen.
const blocker = net.createServer();
const server = net.createServer();
const note = watch(server, "server");
let tries = 0;
listen(blocker, (port) => {
  server.on("error", () => {
    tries = tries + 1;
    note("try", tries);
    if (tries === 2) blocker.close();
    later(() => {
      server.close();
      server.listen(port, "127.0.0.1");
    });
  });
  server.on("listening", () => server.close());
  server.listen(port, "127.0.0.1");
});
