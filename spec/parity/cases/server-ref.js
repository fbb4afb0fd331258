const { listen, log, net, setTimeout } = require("../prelude");

const server = net.createServer();
listen(server, () => {
  log("unref", server.unref() === server);
  log("ref", server.ref() === server);
  const timer = setTimeout(() => server.close(() => log("kept alive")), 30);
  timer.unref();
});
