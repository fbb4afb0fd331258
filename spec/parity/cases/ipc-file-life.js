const { exists, log, net, tempPath } = require("../prelude");

const path = tempPath();
const server = net.createServer();
log("before", exists(path));
server.listen(path);
log("at once", exists(path));
server.on("listening", () => {
  log("listening", exists(path));
  server.close();
  log("closing", exists(path));
});
server.on("close", () => log("closed", exists(path)));
