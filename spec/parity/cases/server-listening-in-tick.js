const { log, net, nextTick, setImmediate } = require("../prelude");

// listening comes after the current callback, before the next.
const server = net.createServer();
nextTick(() => log("tick before"));
server.listen(0, "127.0.0.1", () => {
  log("listening");
  server.close();
});
nextTick(() => log("tick after"));
setImmediate(() => log("immediate"));
log("end of the script");
