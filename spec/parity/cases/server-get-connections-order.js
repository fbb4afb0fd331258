const { listen, log, net, nextTick, setImmediate } = require("../prelude");

const server = net.createServer();
listen(server, () => {
  server.getConnections((err, count) => log("callback", err, count));
  nextTick(() => log("tick"));
  setImmediate(() => log("immediate"));
  log("after");
  server.close();
});
