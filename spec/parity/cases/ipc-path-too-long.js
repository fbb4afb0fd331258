const { actor, log, net, rep, tempPath } = require("../prelude");

// A path that does not fit is refused; it is not cut.
const path = tempPath(rep("x", 120));
const server = net.createServer();
server.on("error", (err) => log("server", err.code, err.syscall));
server.on("listening", () => {
  log("never");
  server.close();
});
server.listen(path);
const client = net.connect(path);
client.on("error", (err) => actor("client")("error", err.code, err.syscall));
